import type {
  BatchGetRepositoryScanningConfigurationRequest,
  BatchGetRepositoryScanningConfigurationResponse,
} from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { matchesTagFilter } from '../tag-filter.ts';

export const batchGetRepositoryScanningConfiguration: ActionDefinition<
  EcrService,
  BatchGetRepositoryScanningConfigurationRequest,
  BatchGetRepositoryScanningConfigurationResponse
> = {
  permissions: (service, input) =>
    (input.repositoryNames ?? []).map((name) => ({
      action: 'ecr:BatchGetRepositoryScanningConfiguration',
      resource: service.arnOf(name),
    })),
  run: (service, input) => {
    const names = input.repositoryNames ?? [];
    const { rules = [] } = service.scanner.configuration;
    return {
      scanningConfigurations: names.flatMap((name) => {
        const repository = service.repositories.get(name);
        if (!repository) return [];
        const scanFrequency = service.scanner.frequencyOf(repository);
        return [
          {
            repositoryArn: repository.arn,
            repositoryName: name,
            scanOnPush: scanFrequency !== 'MANUAL',
            scanFrequency,
            appliedScanFilters: rules
              .flatMap(({ repositoryFilters = [] }) => repositoryFilters)
              .filter(({ filter = '' }) => matchesTagFilter(filter, name))
              .map((filter) => ({ ...filter })),
          },
        ];
      }),
      failures: names
        .filter((name) => !service.repositories.has(name))
        .map((repositoryName) => ({
          repositoryName,
          failureCode: 'REPOSITORY_NOT_FOUND',
          failureReason: `The repository with name '${repositoryName}' does not exist in the registry with id '${service.ctx.accountId}'`,
        })),
    };
  },
};
