import type { SetRepositoryPolicyRequest, SetRepositoryPolicyResponse } from '@aws-sdk/client-ecr';
import type { ActionDefinition, PolicyDocument } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { invalidParameter } from '../errors.ts';
import { onRepository } from './on-repository.ts';

export const setRepositoryPolicy: ActionDefinition<
  EcrService,
  SetRepositoryPolicyRequest,
  SetRepositoryPolicyResponse
> = {
  ...onRepository('SetRepositoryPolicy'),
  run: (service, input) => {
    const repository = service.repository(input.repositoryName, input.registryId);
    try {
      const given = JSON.parse(input.policyText ?? '') as PolicyDocument;
      // A repository's policy names no resource: it is the repository.
      const statements = [given.Statement].flat().map((statement) => ({ ...(statement as object), Resource: '*' }));
      repository.policy = { ...given, Statement: statements };
    } catch {
      throw invalidParameter(
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
      );
    }
    repository.policyText = input.policyText;
    return {
      registryId: service.ctx.accountId,
      repositoryName: repository.name,
      policyText: repository.policyText,
    };
  },
};
