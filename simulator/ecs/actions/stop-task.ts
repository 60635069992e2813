import type { StopTaskRequest, StopTaskResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { onTasks } from '../permissions.ts';
import { taskView } from '../views.ts';

/** Succeeds for a task that cannot be reached too: its containers learn of it when its instance is back. */
export const stopTask: ActionDefinition<EcsService, StopTaskRequest, StopTaskResponse> = {
  permissions: (ecs, { cluster, task }) => onTasks(ecs, 'StopTask', cluster, [task]),
  run: (ecs, input) => {
    const task = ecs.findTask(ecs.clusterOf(input.cluster), input.task);
    if (!task) throw new AwsError('InvalidParameterException', 'The referenced task was not found.');
    ecs.engine.stop(task, 'UserInitiated', input.reason ?? 'Task stopped by user');
    return { task: taskView(ecs.arns, task) };
  },
};
