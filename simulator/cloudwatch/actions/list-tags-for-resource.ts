import type { ListTagsForResourceInput, ListTagsForResourceOutput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';

export const listTagsForResource: ActionDefinition<
  CloudWatchService,
  ListTagsForResourceInput,
  ListTagsForResourceOutput
> = {
  permissions: (_service, input) => [{ action: 'cloudwatch:ListTagsForResource', resource: input.ResourceARN ?? '*' }],
  run: (service, input) => ({
    Tags: [...service.alarmOfArn(input.ResourceARN).tags].map(([Key, Value]) => ({ Key, Value })),
  }),
};
