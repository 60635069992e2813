import type { UpdateClusterRequest, UpdateClusterResponse } from '@aws-sdk/client-ecs';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { onCluster } from '../permissions.ts';
import { clusterView } from '../views.ts';

export const updateCluster: ActionDefinition<EcsService, UpdateClusterRequest, UpdateClusterResponse> = {
  partly: 'Service Connect',
  permissions: (ecs, { cluster }) => onCluster(ecs, 'UpdateCluster', cluster),
  run: (ecs, input) => {
    if (input.serviceConnectDefaults) throw notModelled('Service Connect');
    const cluster = ecs.clusterOf(input.cluster);
    cluster.settings = structuredClone(input.settings ?? cluster.settings);
    return { cluster: clusterView(cluster, ['TAGS', 'SETTINGS']) };
  },
};
