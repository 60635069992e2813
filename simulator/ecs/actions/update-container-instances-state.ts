import type { UpdateContainerInstancesStateRequest, UpdateContainerInstancesStateResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { lastPart } from '../arns.ts';
import type { EcsService } from '../ecs-service.ts';
import { onInstances } from '../permissions.ts';
import { instanceView } from '../views.ts';

export const updateContainerInstancesState: ActionDefinition<
  EcsService,
  UpdateContainerInstancesStateRequest,
  UpdateContainerInstancesStateResponse
> = {
  permissions: (ecs, { cluster, containerInstances = [] }) =>
    onInstances(ecs, 'UpdateContainerInstancesState', cluster, containerInstances),
  run: (ecs, input) => {
    const cluster = ecs.clusterOf(input.cluster);
    const { status } = input;
    if (status !== 'ACTIVE' && status !== 'DRAINING') {
      throw new AwsError('InvalidParameterException', 'Container instance status should be one of [DRAINING,ACTIVE].');
    }
    const references = input.containerInstances ?? [];
    if (references.length === 0 || references.length > 10) {
      throw new AwsError('InvalidParameterException', 'Between 1 and 10 container instances must be given.');
    }
    const answer: UpdateContainerInstancesStateResponse = { containerInstances: [], failures: [] };
    for (const reference of references) {
      const instance = ecs.findInstance(cluster, reference);
      if (!instance) {
        answer.failures?.push({ arn: ecs.arns.instance(cluster.name, lastPart(reference)), reason: 'MISSING' });
        continue;
      }
      if (instance.status !== status) {
        ecs.staleness.note(instance.arn, () => instanceView(instance));
        instance.status = status;
        ecs.engine.instanceChanged(instance);
        ecs.scheduler.instanceStatusChanged(instance);
      }
      answer.containerInstances?.push(instanceView(instance));
    }
    return answer;
  },
};
