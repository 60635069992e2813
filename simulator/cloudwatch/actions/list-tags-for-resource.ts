import type { ListTagsForResourceInput, ListTagsForResourceOutput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { taggedAlarm } from '../tagged-alarm.ts';

export const listTagsForResource: ActionDefinition<
  CloudWatchService,
  ListTagsForResourceInput,
  ListTagsForResourceOutput
> = {
  permissions: (_service, input) => [{ action: 'cloudwatch:ListTagsForResource', resource: input.ResourceARN ?? '*' }],
  run: (service, input) => ({
    Tags: [...taggedAlarm(service, input.ResourceARN).tags].map(([Key, Value]) => ({ Key, Value })),
  }),
};
