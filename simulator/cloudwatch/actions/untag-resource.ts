import type { UntagResourceInput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { taggedAlarm } from '../tagged-alarm.ts';

export const untagResource: ActionDefinition<CloudWatchService, UntagResourceInput, void> = {
  permissions: (_service, input) => [{ action: 'cloudwatch:UntagResource', resource: input.ResourceARN ?? '*' }],
  run: (service, input) => {
    const { tags } = taggedAlarm(service, input.ResourceARN);
    for (const key of input.TagKeys ?? []) tags.delete(key);
  },
};
