import type { CreateRepositoryRequest, CreateRepositoryResponse } from '@aws-sdk/client-ecr';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { invalidParameter } from '../errors.ts';
import type { Repository } from '../model.ts';
import { onRepository } from './on-repository.ts';

export const createRepository: ActionDefinition<EcrService, CreateRepositoryRequest, CreateRepositoryResponse> = {
  permissions: onRepository('CreateRepository').permissions,
  run: (service, input) => {
    const name = input.repositoryName ?? '';
    if (!/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name) || name.length < 2)
      throw invalidParameter(
        `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*''`,
      );
    if (service.repositories.has(name))
      throw new AwsError(
        'RepositoryAlreadyExistsException',
        `The repository with name '${name}' already exists in the registry with id '${service.ctx.accountId}'`,
      );
    const repository: Repository = {
      name,
      arn: service.arnOf(name),
      createdMs: service.ctx.kernel.now(),
      mutability: input.imageTagMutability ?? 'MUTABLE',
      mutabilityExclusions: structuredClone(input.imageTagMutabilityExclusionFilters ?? []),
      scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
      encryption: structuredClone(input.encryptionConfiguration ?? { encryptionType: 'AES256' }),
      policy: undefined,
      policyText: undefined,
      lifecyclePolicyText: undefined,
      lifecycleEvaluatedMs: undefined,
      tags: new Map((input.tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? ''])),
      images: new Map(),
      imageTags: new Map(),
      blobs: new Set(),
    };
    service.repositories.set(name, repository);
    return { repository: service.view(repository) };
  },
};
