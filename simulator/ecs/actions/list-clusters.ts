import type { ListClustersRequest, ListClustersResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { page } from '../pagination.ts';

export const listClusters: ActionDefinition<EcsService, ListClustersRequest, ListClustersResponse> = {
  run: (ecs, input) => {
    const arns = [...ecs.clusters.values()].filter(({ status }) => status === 'ACTIVE').map(({ arn }) => arn);
    const { items, nextToken } = page(arns, input);
    return { clusterArns: [...items], nextToken };
  },
};
