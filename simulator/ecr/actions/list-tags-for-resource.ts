import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';

export const listTagsForResource: ActionDefinition<
  EcrService,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse
> = {
  permissions: (_service, input) => [{ action: 'ecr:ListTagsForResource', resource: input.resourceArn ?? '*' }],
  run: (service, input) => ({
    tags: [...service.repositoryOfArn(input.resourceArn).tags].map(([Key, Value]) => ({ Key, Value })),
  }),
};
