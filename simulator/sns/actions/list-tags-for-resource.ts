import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-sns';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SnsService } from '../sns-service.ts';

export const listTagsForResource: ActionDefinition<
  SnsService,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse
> = {
  permissions: (_service, input) => [{ action: 'SNS:ListTagsForResource', resource: input.ResourceArn ?? '*' }],
  run: (service, input) => ({
    Tags: [...service.taggedTopic(input.ResourceArn).tags].map(([Key, Value]) => ({ Key, Value })),
  }),
};
