import type { CreateClusterRequest, CreateClusterResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import type { ClusterRecord } from '../model.ts';
import { checkCapacityProviders } from '../service-rules.ts';
import { clusterView } from '../views.ts';

/** Creating a cluster that exists answers with the one that exists. */
export const createCluster: ActionDefinition<EcsService, CreateClusterRequest, CreateClusterResponse> = {
  partly: 'capacity providers other than FARGATE and FARGATE_SPOT',
  run: (ecs, input) => {
    checkCapacityProviders(input.capacityProviders);
    const name = input.clusterName ?? 'default';
    const existing = ecs.clusters.get(name);
    if (existing?.status === 'ACTIVE') return { cluster: clusterView(existing, ['TAGS', 'SETTINGS']) };
    const cluster: ClusterRecord = {
      name,
      arn: ecs.arns.cluster(name),
      status: 'ACTIVE',
      tags: structuredClone(input.tags ?? []),
      settings: structuredClone(input.settings ?? [{ name: 'containerInsights', value: 'disabled' }]),
      capacityProviders: [...(input.capacityProviders ?? [])],
      defaultCapacityProviderStrategy: structuredClone(input.defaultCapacityProviderStrategy ?? []),
      services: new Map(),
      tasks: new Map(),
      instances: new Map(),
    };
    ecs.clusters.set(name, cluster);
    return { cluster: clusterView(cluster, ['TAGS', 'SETTINGS']) };
  },
};
