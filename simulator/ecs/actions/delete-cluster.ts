import type { DeleteClusterRequest, DeleteClusterResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { onCluster } from '../permissions.ts';
import { clusterView } from '../views.ts';

export const deleteCluster: ActionDefinition<EcsService, DeleteClusterRequest, DeleteClusterResponse> = {
  permissions: (ecs, { cluster }) => onCluster(ecs, 'DeleteCluster', cluster),
  run: (ecs, input) => {
    const cluster = ecs.clusterOf(input.cluster);
    if (cluster.instances.size > 0) {
      throw new AwsError(
        'ClusterContainsContainerInstancesException',
        'The Cluster cannot be deleted while Container Instances are active or draining.',
      );
    }
    if ([...cluster.services.values()].some(({ status }) => status !== 'INACTIVE')) {
      throw new AwsError(
        'ClusterContainsServicesException',
        'The Cluster cannot be deleted while Services are active.',
      );
    }
    if ([...cluster.tasks.values()].some(({ lastStatus }) => lastStatus !== 'STOPPED')) {
      throw new AwsError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
    }
    cluster.status = 'INACTIVE';
    return { cluster: clusterView(cluster, ['TAGS']) };
  },
};
