import type { ListTasksRequest, ListTasksResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { lastPart } from '../arns.ts';
import type { EcsService } from '../ecs-service.ts';
import { page } from '../pagination.ts';
import { clusterKey } from '../permissions.ts';

export const listTasks: ActionDefinition<EcsService, ListTasksRequest, ListTasksResponse> = {
  refuses: ['daemonName'],
  permissions: (ecs, { cluster, containerInstance }) => [
    {
      action: 'ecs:ListTasks',
      resource: containerInstance
        ? ecs.arns.instance(lastPart(cluster ?? 'default'), lastPart(containerInstance))
        : '*',
      context: clusterKey(ecs, cluster),
    },
  ],
  run: (ecs, input) => {
    const cluster = ecs.clusterOf(input.cluster);
    const service = input.serviceName === undefined ? undefined : ecs.serviceOf(cluster, input.serviceName);
    // Without the filter only tasks that are meant to run are listed (BC:ecs.ListTasksRequest). PENDING matches nothing.
    const desiredStatus = input.desiredStatus ?? 'RUNNING';
    const arns = [...cluster.tasks.values()]
      .filter(
        (task) =>
          task.desiredStatus === desiredStatus &&
          (!service || task.service === service) &&
          (!input.startedBy || task.startedBy === input.startedBy) &&
          (!input.family || task.taskDefinition.family === input.family) &&
          (!input.launchType || task.launchType === input.launchType) &&
          (!input.containerInstance || task.instance?.id === lastPart(input.containerInstance)),
      )
      .flatMap(({ arn }) => (ecs.staleness.read(arn, () => arn) ? [arn] : []));
    const { items, nextToken } = page(arns, input);
    return { taskArns: [...items], nextToken };
  },
};
