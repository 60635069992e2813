import type { UpdateTaskProtectionRequest, UpdateTaskProtectionResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { lastPart } from '../arns.ts';
import type { EcsService } from '../ecs-service.ts';
import { onTasks } from '../permissions.ts';

const defaultMinutes = 120;

/** Protects tasks of services from scale-in and from deployments until a time (DG:task-scale-in-protection). */
export const updateTaskProtection: ActionDefinition<
  EcsService,
  UpdateTaskProtectionRequest,
  UpdateTaskProtectionResponse
> = {
  permissions: (ecs, { cluster, tasks = [] }) => onTasks(ecs, 'UpdateTaskProtection', cluster, tasks),
  run: (ecs, input) => {
    const cluster = ecs.clusterOf(input.cluster);
    const references = input.tasks ?? [];
    if (references.length === 0 || references.length > 10) {
      throw new AwsError('InvalidParameterException', 'Between 1 and 10 tasks must be given.');
    }
    const minutes = input.expiresInMinutes ?? defaultMinutes;
    if (!Number.isInteger(minutes) || minutes < 1 || minutes > 2880) {
      throw new AwsError('InvalidParameterException', 'expiresInMinutes must be between 1 and 2880.');
    }
    const { kernel } = ecs.ctx;
    const answer: UpdateTaskProtectionResponse = { protectedTasks: [], failures: [] };
    for (const reference of references) {
      const task = ecs.findTask(cluster, reference);
      if (!task) {
        answer.failures?.push({ arn: ecs.arns.task(cluster.name, lastPart(reference)), reason: 'MISSING' });
        continue;
      }
      const { service } = task;
      const excluded = task.launchType === 'EXTERNAL' && !ecs.ctx.fidelity.ecs.protectionOnExternal;
      if (!service || excluded || task.lastStatus === 'STOPPED' || task.desiredStatus === 'STOPPED') {
        answer.failures?.push({ arn: task.arn, reason: 'TASK_NOT_VALID' });
        continue;
      }
      const protectedOthers = [...service.tasks].filter(
        (other) => other !== task && (other.protectedUntilMs ?? 0) > kernel.now(),
      ).length;
      if (input.protectionEnabled && service.deployments.length > 1 && protectedOthers + 1 > service.desiredCount) {
        answer.failures?.push({ arn: task.arn, reason: 'DEPLOYMENT_BLOCKED' });
        continue;
      }
      const untilMs = input.protectionEnabled ? kernel.now() + minutes * 60_000 : undefined;
      task.protectedUntilMs = untilMs;
      ecs.scheduler.wake(service);
      if (untilMs !== undefined) {
        kernel.after(minutes * 60_000, 'ecs-protection-over', () => {
          if (task.protectedUntilMs === untilMs) ecs.scheduler.wake(service);
        });
      }
      answer.protectedTasks?.push({
        taskArn: task.arn,
        protectionEnabled: untilMs !== undefined,
        ...(untilMs !== undefined && { expirationDate: new Date(untilMs) }),
      });
    }
    return answer;
  },
};
