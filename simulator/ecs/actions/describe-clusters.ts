import type { DescribeClustersRequest, DescribeClustersResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { lastPart } from '../arns.ts';
import type { EcsService } from '../ecs-service.ts';
import { onCluster } from '../permissions.ts';
import { clusterView } from '../views.ts';

export const describeClusters: ActionDefinition<EcsService, DescribeClustersRequest, DescribeClustersResponse> = {
  permissions: (ecs, { clusters = ['default'] }) =>
    clusters.flatMap((name) => onCluster(ecs, 'DescribeClusters', name)),
  run: (ecs, { clusters = ['default'], include = [] }) => {
    const answer: DescribeClustersResponse = { clusters: [], failures: [] };
    for (const reference of clusters) {
      const cluster = ecs.clusters.get(lastPart(reference));
      if (cluster) answer.clusters?.push(clusterView(cluster, include));
      else answer.failures?.push({ arn: ecs.arns.cluster(lastPart(reference)), reason: 'MISSING' });
    }
    return answer;
  },
};
