import type { PutClusterCapacityProvidersRequest, PutClusterCapacityProvidersResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { onCluster } from '../permissions.ts';
import { checkCapacityProviders } from '../service-rules.ts';
import { clusterView } from '../views.ts';

/** Kept and shown; services name a launch type. */
export const putClusterCapacityProviders: ActionDefinition<
  EcsService,
  PutClusterCapacityProvidersRequest,
  PutClusterCapacityProvidersResponse
> = {
  partly: 'capacity providers other than FARGATE and FARGATE_SPOT, which no service uses',
  permissions: (ecs, { cluster }) => onCluster(ecs, 'PutClusterCapacityProviders', cluster),
  run: (ecs, input) => {
    checkCapacityProviders(input.capacityProviders);
    const cluster = ecs.clusterOf(input.cluster);
    cluster.capacityProviders = [...(input.capacityProviders ?? [])];
    cluster.defaultCapacityProviderStrategy = structuredClone(input.defaultCapacityProviderStrategy ?? []);
    return { cluster: clusterView(cluster, ['TAGS', 'SETTINGS']) };
  },
};
