import type { UntagResourceRequest } from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';

export const untagResource: ActionDefinition<EcrService, UntagResourceRequest, object> = {
  permissions: (_service, input) => [{ action: 'ecr:UntagResource', resource: input.resourceArn ?? '*' }],
  run: (service, input) => {
    const repository = service.repositoryOfArn(input.resourceArn);
    for (const key of input.tagKeys ?? []) repository.tags.delete(key);
    return {};
  },
};
