import type { TagResourceRequest } from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';

export const tagResource: ActionDefinition<EcrService, TagResourceRequest, object> = {
  permissions: (_service, input) => [{ action: 'ecr:TagResource', resource: input.resourceArn ?? '*' }],
  run: (service, input) => {
    const repository = service.repositoryOfArn(input.resourceArn);
    for (const tag of input.tags ?? []) repository.tags.set(tag.Key ?? '', tag.Value ?? '');
    return {};
  },
};
