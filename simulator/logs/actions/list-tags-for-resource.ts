import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LogsService } from '../logs-service.ts';
import { onTags } from './on-group.ts';

export const listTagsForResource: ActionDefinition<
  LogsService,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse
> = {
  ...onTags('ListTagsForResource'),
  run: (service, input) => ({ tags: Object.fromEntries(service.group(input.resourceArn).tags) }),
};
