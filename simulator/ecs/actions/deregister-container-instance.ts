import type { DeregisterContainerInstanceRequest, DeregisterContainerInstanceResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { onCluster } from '../permissions.ts';
import { instanceView } from '../views.ts';

/** By force the tasks are STOPPED for ECS, while their containers go on where nobody looks (DG:ecs-anywhere-deregistration). */
export const deregisterContainerInstance: ActionDefinition<
  EcsService,
  DeregisterContainerInstanceRequest,
  DeregisterContainerInstanceResponse
> = {
  permissions: (ecs, { cluster }) => onCluster(ecs, 'DeregisterContainerInstance', cluster),
  run: (ecs, input) => {
    const cluster = ecs.clusterOf(input.cluster);
    const instance = ecs.findInstance(cluster, input.containerInstance);
    if (!instance) throw new AwsError('InvalidParameterException', 'Referenced container instance was not found.');
    if (instance.tasks.size > 0 && !input.force) {
      throw new AwsError('InvalidParameterException', 'Found running tasks on the instance.');
    }
    instance.status = 'INACTIVE';
    instance.linkTimer?.cancel();
    for (const task of [...instance.tasks]) ecs.engine.abandon(task);
    cluster.instances.delete(instance.id);
    ecs.engine.instanceChanged(instance);
    return { containerInstance: instanceView(instance) };
  },
};
