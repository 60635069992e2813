import type { ListServicesRequest, ListServicesResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { page } from '../pagination.ts';
import { clusterKey } from '../permissions.ts';

export const listServices: ActionDefinition<EcsService, ListServicesRequest, ListServicesResponse> = {
  refuses: ['resourceManagementType'],
  permissions: (ecs, { cluster }) => [{ action: 'ecs:ListServices', resource: '*', context: clusterKey(ecs, cluster) }],
  run: (ecs, input) => {
    const arns = [...ecs.clusterOf(input.cluster).services.values()]
      .filter(
        ({ status, launchType }) => status !== 'INACTIVE' && (!input.launchType || input.launchType === launchType),
      )
      .map(({ arn }) => arn);
    const { items, nextToken } = page(arns, { ...input, maxResults: input.maxResults ?? 10 });
    return { serviceArns: [...items], nextToken };
  },
};
