import type { TagResourceRequest } from '@aws-sdk/client-sns';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SnsService } from '../sns-service.ts';

export const tagResource: ActionDefinition<SnsService, TagResourceRequest, object> = {
  permissions: (_service, input) => [{ action: 'SNS:TagResource', resource: input.ResourceArn ?? '*' }],
  run: (service, input) => {
    const topic = service.taggedTopic(input.ResourceArn);
    for (const { Key = '', Value = '' } of input.Tags ?? []) topic.tags.set(Key, Value);
    return {};
  },
};
