import type { GetTaskProtectionRequest, GetTaskProtectionResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { lastPart } from '../arns.ts';
import type { EcsService } from '../ecs-service.ts';
import { onTasks } from '../permissions.ts';

export const getTaskProtection: ActionDefinition<EcsService, GetTaskProtectionRequest, GetTaskProtectionResponse> = {
  permissions: (ecs, { cluster, tasks = [] }) => onTasks(ecs, 'GetTaskProtection', cluster, tasks),
  run: (ecs, input) => {
    const cluster = ecs.clusterOf(input.cluster);
    if ((input.tasks?.length ?? 0) > 100) {
      throw new AwsError('InvalidParameterException', 'Tasks cannot have more than 100 elements.');
    }
    const answer: GetTaskProtectionResponse = { protectedTasks: [], failures: [] };
    for (const reference of input.tasks ?? []) {
      const task = ecs.findTask(cluster, reference);
      if (!task?.service) {
        answer.failures?.push({
          arn: ecs.arns.task(cluster.name, lastPart(reference)),
          reason: task ? 'TASK_NOT_VALID' : 'MISSING',
        });
        continue;
      }
      const untilMs = task.protectedUntilMs ?? 0;
      const protectionEnabled = untilMs > ecs.ctx.kernel.now();
      answer.protectedTasks?.push({
        taskArn: task.arn,
        protectionEnabled,
        ...(protectionEnabled && { expirationDate: new Date(untilMs) }),
      });
    }
    return answer;
  },
};
