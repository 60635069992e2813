import type { ListTagsRequest, ListTagsResponse } from '@aws-sdk/client-lambda';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';

export const listTags: ActionDefinition<LambdaService, ListTagsRequest, ListTagsResponse> = {
  permissions: (_service, input) => [{ action: 'lambda:ListTags', resource: input.Resource ?? '*' }],
  run: (service, input) => ({ Tags: Object.fromEntries(service.function(input.Resource).tags) }),
};
