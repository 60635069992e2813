import type { UpdateClusterSettingsRequest, UpdateClusterSettingsResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { onCluster } from '../permissions.ts';
import { clusterView } from '../views.ts';

export const updateClusterSettings: ActionDefinition<
  EcsService,
  UpdateClusterSettingsRequest,
  UpdateClusterSettingsResponse
> = {
  permissions: (ecs, { cluster }) => onCluster(ecs, 'UpdateClusterSettings', cluster),
  run: (ecs, input) => {
    const cluster = ecs.clusterOf(input.cluster);
    cluster.settings = structuredClone(input.settings ?? []);
    return { cluster: clusterView(cluster, ['TAGS', 'SETTINGS']) };
  },
};
