import type { PutLifecyclePolicyRequest, PutLifecyclePolicyResponse } from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { onRepository } from './on-repository.ts';

export const putLifecyclePolicy: ActionDefinition<EcrService, PutLifecyclePolicyRequest, PutLifecyclePolicyResponse> = {
  ...onRepository('PutLifecyclePolicy'),
  run: (service, input) => {
    const repository = service.repository(input.repositoryName, input.registryId);
    service.startLifecycle(repository, input.lifecyclePolicyText ?? '');
    return {
      registryId: service.ctx.accountId,
      repositoryName: repository.name,
      lifecyclePolicyText: repository.lifecyclePolicyText,
    };
  },
};
