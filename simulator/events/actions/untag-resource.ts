import type { UntagResourceRequest } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EventsService } from '../events-service.ts';

export const untagResource: ActionDefinition<EventsService, UntagResourceRequest, object> = {
  permissions: (_service, input) => [{ action: 'events:UntagResource', resource: input.ResourceARN ?? '*' }],
  run: (service, input) => {
    const tags = service.tagsOf(input.ResourceARN);
    for (const key of input.TagKeys ?? []) tags.delete(key);
    return {};
  },
};
