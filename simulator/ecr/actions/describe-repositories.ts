import type { DescribeRepositoriesRequest, DescribeRepositoriesResponse } from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { page } from './page.ts';

export const describeRepositories: ActionDefinition<
  EcrService,
  DescribeRepositoriesRequest,
  DescribeRepositoriesResponse
> = {
  permissions: (service, input) =>
    input.repositoryNames?.length
      ? input.repositoryNames.map((name) => ({ action: 'ecr:DescribeRepositories', resource: service.arnOf(name) }))
      : [{ action: 'ecr:DescribeRepositories', resource: service.arnOf('*') }],
  run: (service, input) => {
    const found = input.repositoryNames?.length
      ? input.repositoryNames.map((name) => service.repository(name, input.registryId))
      : [...service.repositories.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { items, nextToken } = page(found, input.maxResults, input.nextToken);
    return { repositories: items.map((repository) => service.view(repository)), nextToken };
  },
};
