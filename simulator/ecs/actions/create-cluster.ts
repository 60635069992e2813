import type { CreateClusterRequest, CreateClusterResponse } from '@aws-sdk/client-ecs';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import type { ClusterRecord } from '../model.ts';
import { clusterView } from '../views.ts';

/** Creating a cluster that exists answers with the one that exists. */
export const createCluster: ActionDefinition<EcsService, CreateClusterRequest, CreateClusterResponse> = {
  run: (ecs, input) => {
    // FARGATE and FARGATE_SPOT may be associated with a cluster without a service that uses them.
    if (input.capacityProviders?.some((name) => !name.startsWith('FARGATE'))) throw notModelled('capacity providers');
    const name = input.clusterName ?? 'default';
    const existing = ecs.clusters.get(name);
    if (existing?.status === 'ACTIVE') return { cluster: clusterView(existing, ['TAGS', 'SETTINGS']) };
    const cluster: ClusterRecord = {
      name,
      arn: ecs.arns.cluster(name),
      status: 'ACTIVE',
      tags: structuredClone(input.tags ?? []),
      services: new Map(),
      tasks: new Map(),
      instances: new Map(),
    };
    ecs.clusters.set(name, cluster);
    return { cluster: clusterView(cluster, ['TAGS', 'SETTINGS']) };
  },
};
