import type { DeleteRepositoryPolicyRequest, DeleteRepositoryPolicyResponse } from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { repositoryPolicyOf } from './get-repository-policy.ts';
import { onRepository } from './on-repository.ts';

export const deleteRepositoryPolicy: ActionDefinition<
  EcrService,
  DeleteRepositoryPolicyRequest,
  DeleteRepositoryPolicyResponse
> = {
  ...onRepository('DeleteRepositoryPolicy'),
  run: (service, input) => {
    const repository = service.repository(input.repositoryName, input.registryId);
    const answer = repositoryPolicyOf(service, repository);
    repository.policy = undefined;
    repository.policyText = undefined;
    return answer;
  },
};
