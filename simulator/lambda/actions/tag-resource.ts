import type { TagResourceRequest } from '@aws-sdk/client-lambda';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';

export const tagResource: ActionDefinition<LambdaService, TagResourceRequest, object> = {
  permissions: (_service, input) => [{ action: 'lambda:TagResource', resource: input.Resource ?? '*' }],
  run: (service, input) => {
    const fn = service.function(input.Resource);
    for (const [key, value] of Object.entries(input.Tags ?? {})) fn.tags.set(key, value);
    return {};
  },
};
