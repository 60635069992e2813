import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { taggedResource } from '../tags.ts';

export const listTagsForResource: ActionDefinition<
  EcsService,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse
> = {
  permissions: (_ecs, { resourceArn }) => [{ action: 'ecs:ListTagsForResource', resource: resourceArn ?? '*' }],
  run: (ecs, { resourceArn }) => ({ tags: structuredClone(taggedResource(ecs, resourceArn).tags) }),
};
