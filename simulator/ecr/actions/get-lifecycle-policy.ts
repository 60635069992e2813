import type { GetLifecyclePolicyRequest, GetLifecyclePolicyResponse } from '@aws-sdk/client-ecr';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import type { Repository } from '../model.ts';
import { onRepository } from './on-repository.ts';

/** @throws AwsError */
export const lifecyclePolicyOf = (service: EcrService, repository: Repository): GetLifecyclePolicyResponse => {
  if (repository.lifecyclePolicyText === undefined)
    throw new AwsError(
      'LifecyclePolicyNotFoundException',
      `Lifecycle policy does not exist for the repository with name '${repository.name}' in the registry with id '${service.ctx.accountId}'`,
    );
  return {
    registryId: service.ctx.accountId,
    repositoryName: repository.name,
    lifecyclePolicyText: repository.lifecyclePolicyText,
    ...(repository.lifecycleEvaluatedMs === undefined
      ? {}
      : { lastEvaluatedAt: new Date(repository.lifecycleEvaluatedMs) }),
  };
};

export const getLifecyclePolicy: ActionDefinition<EcrService, GetLifecyclePolicyRequest, GetLifecyclePolicyResponse> = {
  ...onRepository('GetLifecyclePolicy'),
  run: (service, input) => lifecyclePolicyOf(service, service.repository(input.repositoryName, input.registryId)),
};
