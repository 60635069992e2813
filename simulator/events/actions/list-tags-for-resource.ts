import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EventsService } from '../events-service.ts';

export const listTagsForResource: ActionDefinition<
  EventsService,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse
> = {
  permissions: (_service, input) => [{ action: 'events:ListTagsForResource', resource: input.ResourceARN ?? '*' }],
  run: (service, input) => ({
    Tags: [...service.tagsOf(input.ResourceARN)].map(([Key, Value]) => ({ Key, Value })),
  }),
};
