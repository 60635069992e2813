import type { TagResourceInput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { taggedAlarm } from '../tagged-alarm.ts';

export const tagResource: ActionDefinition<CloudWatchService, TagResourceInput, void> = {
  permissions: (_service, input) => [{ action: 'cloudwatch:TagResource', resource: input.ResourceARN ?? '*' }],
  run: (service, input) => {
    const { tags } = taggedAlarm(service, input.ResourceARN);
    for (const { Key = '', Value = '' } of input.Tags ?? []) tags.set(Key, Value);
  },
};
