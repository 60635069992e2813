import type { GetRepositoryPolicyRequest, GetRepositoryPolicyResponse } from '@aws-sdk/client-ecr';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import type { Repository } from '../model.ts';
import { onRepository } from './on-repository.ts';

/** @throws AwsError */
export const repositoryPolicyOf = (service: EcrService, repository: Repository): GetRepositoryPolicyResponse => {
  if (repository.policyText === undefined)
    throw new AwsError(
      'RepositoryPolicyNotFoundException',
      `Repository policy does not exist for the repository with name '${repository.name}' in the registry with id '${service.ctx.accountId}'`,
    );
  return {
    registryId: service.ctx.accountId,
    repositoryName: repository.name,
    policyText: repository.policyText,
  };
};

export const getRepositoryPolicy: ActionDefinition<
  EcrService,
  GetRepositoryPolicyRequest,
  GetRepositoryPolicyResponse
> = {
  ...onRepository('GetRepositoryPolicy'),
  run: (service, input) => repositoryPolicyOf(service, service.repository(input.repositoryName, input.registryId)),
};
