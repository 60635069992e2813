import type { DeleteRepositoryRequest, DeleteRepositoryResponse } from '@aws-sdk/client-ecr';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { onRepository } from './on-repository.ts';

export const deleteRepository: ActionDefinition<EcrService, DeleteRepositoryRequest, DeleteRepositoryResponse> = {
  ...onRepository('DeleteRepository'),
  run: (service, input) => {
    const repository = service.repository(input.repositoryName, input.registryId);
    if (repository.images.size > 0 && !input.force)
      throw new AwsError(
        'RepositoryNotEmptyException',
        `The repository with name '${repository.name}' in registry with id '${service.ctx.accountId}' cannot be deleted because it still contains images`,
      );
    service.repositories.delete(repository.name);
    return { repository: service.view(repository) };
  },
};
