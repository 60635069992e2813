import type { UntagResourceRequest } from '@aws-sdk/client-sns';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SnsService } from '../sns-service.ts';

export const untagResource: ActionDefinition<SnsService, UntagResourceRequest, object> = {
  permissions: (_service, input) => [{ action: 'SNS:UntagResource', resource: input.ResourceArn ?? '*' }],
  run: (service, input) => {
    const topic = service.taggedTopic(input.ResourceArn);
    for (const key of input.TagKeys ?? []) topic.tags.delete(key);
    return {};
  },
};
