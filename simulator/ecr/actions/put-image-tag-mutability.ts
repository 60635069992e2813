import type { PutImageTagMutabilityRequest, PutImageTagMutabilityResponse } from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { onRepository } from './on-repository.ts';

export const putImageTagMutability: ActionDefinition<
  EcrService,
  PutImageTagMutabilityRequest,
  PutImageTagMutabilityResponse
> = {
  ...onRepository('PutImageTagMutability'),
  run: (service, input) => {
    const repository = service.repository(input.repositoryName, input.registryId);
    repository.mutability = input.imageTagMutability ?? 'MUTABLE';
    repository.mutabilityExclusions = structuredClone(input.imageTagMutabilityExclusionFilters ?? []);
    return {
      registryId: service.ctx.accountId,
      repositoryName: repository.name,
      imageTagMutability: repository.mutability,
    };
  },
};
