import type { UntagResourceRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LogsService } from '../logs-service.ts';
import { onTags } from './on-group.ts';

export const untagResource: ActionDefinition<LogsService, UntagResourceRequest, void> = {
  ...onTags('UntagResource'),
  run: (service, input) => {
    const { tags } = service.group(input.resourceArn);
    for (const key of input.tagKeys ?? []) tags.delete(key);
  },
};
