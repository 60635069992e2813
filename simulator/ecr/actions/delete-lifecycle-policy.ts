import type { DeleteLifecyclePolicyRequest, DeleteLifecyclePolicyResponse } from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { lifecyclePolicyOf } from './get-lifecycle-policy.ts';
import { onRepository } from './on-repository.ts';

export const deleteLifecyclePolicy: ActionDefinition<
  EcrService,
  DeleteLifecyclePolicyRequest,
  DeleteLifecyclePolicyResponse
> = {
  ...onRepository('DeleteLifecyclePolicy'),
  run: (service, input) => {
    const repository = service.repository(input.repositoryName, input.registryId);
    const answer = lifecyclePolicyOf(service, repository);
    repository.lifecyclePolicyText = undefined;
    return answer;
  },
};
