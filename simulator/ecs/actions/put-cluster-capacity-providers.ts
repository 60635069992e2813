import type { PutClusterCapacityProvidersRequest, PutClusterCapacityProvidersResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { readStrategy } from '../capacity-providers.ts';
import type { EcsService } from '../ecs-service.ts';
import { onCluster } from '../permissions.ts';
import { checkCapacityProviders } from '../service-rules.ts';
import { clusterView } from '../views.ts';

/** Which capacity providers services and tasks of the cluster may name. */
export const putClusterCapacityProviders: ActionDefinition<
  EcsService,
  PutClusterCapacityProvidersRequest,
  PutClusterCapacityProvidersResponse
> = {
  partly: 'capacity providers other than FARGATE and FARGATE_SPOT',
  permissions: (ecs, { cluster }) => onCluster(ecs, 'PutClusterCapacityProviders', cluster),
  run: (ecs, input) => {
    checkCapacityProviders(input.capacityProviders);
    const cluster = ecs.clusterOf(input.cluster);
    const capacityProviders = [...(input.capacityProviders ?? [])];
    readStrategy({ ...cluster, capacityProviders }, input.defaultCapacityProviderStrategy ?? []);
    cluster.capacityProviders = capacityProviders;
    cluster.defaultCapacityProviderStrategy = structuredClone(input.defaultCapacityProviderStrategy ?? []);
    return { cluster: clusterView(cluster, ['TAGS', 'SETTINGS']) };
  },
};
