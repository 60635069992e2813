import type { TagResourceRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LogsService } from '../logs-service.ts';
import { onTags } from './on-group.ts';

export const tagResource: ActionDefinition<LogsService, TagResourceRequest, void> = {
  ...onTags('TagResource'),
  run: (service, input) => {
    const { tags } = service.group(input.resourceArn);
    for (const [key, value] of Object.entries(input.tags ?? {})) tags.set(key, value);
  },
};
