import type { StopTaskRequest, StopTaskResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { onTasks } from '../permissions.ts';
import { taskView } from '../views.ts';

/** A task that cannot be reached is stopped too, by default: its containers learn of it when its instance is back. */
export const stopTask: ActionDefinition<EcsService, StopTaskRequest, StopTaskResponse> = {
  permissions: (ecs, { cluster, task }) => onTasks(ecs, 'StopTask', cluster, [task]),
  run: (ecs, input) => {
    const task = ecs.findTask(ecs.clusterOf(input.cluster), input.task);
    if (!task) throw new AwsError('InvalidParameterException', 'The referenced task was not found.');
    if (task.instance?.agentConnected === false && !ecs.ctx.fidelity.ecs.stopsUnreachableTasks) {
      throw new AwsError('InvalidParameterException', 'The agent of the referenced task is disconnected.');
    }
    ecs.staleness.note(task.arn, () => taskView(ecs.arns, task));
    ecs.engine.stop(task, 'UserInitiated', input.reason ?? 'Task stopped by user');
    return { task: taskView(ecs.arns, task) };
  },
};
