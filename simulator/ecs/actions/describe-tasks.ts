import type { DescribeTasksRequest, DescribeTasksResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { lastPart } from '../arns.ts';
import type { EcsService } from '../ecs-service.ts';
import { onTasks } from '../permissions.ts';
import { taskView } from '../views.ts';

export const describeTasks: ActionDefinition<EcsService, DescribeTasksRequest, DescribeTasksResponse> = {
  permissions: (ecs, { cluster, tasks = [] }) => onTasks(ecs, 'DescribeTasks', cluster, tasks),
  run: (ecs, input) => {
    const cluster = ecs.clusterOf(input.cluster);
    const references = input.tasks ?? [];
    if (references.length === 0) throw new AwsError('InvalidParameterException', 'Tasks cannot be empty.');
    if (references.length > 100) {
      throw new AwsError('InvalidParameterException', 'Tasks cannot have more than 100 elements.');
    }
    const answer: DescribeTasksResponse = { tasks: [], failures: [] };
    for (const reference of references) {
      const task = ecs.findTask(cluster, reference);
      const view = task && ecs.staleness.read(task.arn, () => taskView(ecs.arns, task, input.include ?? []));
      if (view) answer.tasks?.push(view);
      else answer.failures?.push({ arn: ecs.arns.task(cluster.name, lastPart(reference)), reason: 'MISSING' });
    }
    return answer;
  },
};
