import type { TagResourceRequest } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EventsService } from '../events-service.ts';

export const tagResource: ActionDefinition<EventsService, TagResourceRequest, object> = {
  permissions: (_service, input) => [{ action: 'events:TagResource', resource: input.ResourceARN ?? '*' }],
  run: (service, input) => {
    const tags = service.tagsOf(input.ResourceARN);
    for (const tag of input.Tags ?? []) tags.set(tag.Key ?? '', tag.Value ?? '');
    return {};
  },
};
