import { isDeepStrictEqual } from 'node:util';
import type { Failure, RunTaskRequest, RunTaskResponse, Task } from '@aws-sdk/client-ecs';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { lastPart } from '../arns.ts';
import { type FargateProvider, nextProvider } from '../capacity-providers.ts';
import type { EcsService } from '../ecs-service.ts';
import type { InstanceRecord } from '../model.ts';
import { clusterKey, passRoles } from '../permissions.ts';
import { place } from '../placement.ts';
import { capacityOf, checkLaunchType, checkNetwork } from '../service-rules.ts';
import { taskView } from '../views.ts';

/** A repeated call with its client token answers the same tasks for 24 hours (DG:ECS_Idempotency). */
const tokenRetentionMs = 86_400_000;

/** What finds no room is no error: the call succeeds and says so in `failures` (DG:api_failures_messages). */
export const runTask: ActionDefinition<EcsService, RunTaskRequest, RunTaskResponse> = {
  refuses: ['referenceId'],
  partly:
    'capacity providers other than FARGATE and FARGATE_SPOT, the launch type EC2, volumes, placement strategies other than spread and binpack',
  permissions: (ecs, { cluster, taskDefinition, overrides }) => {
    const found = ecs.findTaskDefinition(taskDefinition);
    return [
      {
        action: 'ecs:RunTask',
        resource: found?.arn ?? ecs.arns.taskDefinition(lastPart(taskDefinition ?? ''), '*'),
        context: clusterKey(ecs, cluster),
      },
      ...passRoles(
        overrides?.taskRoleArn ?? found?.input.taskRoleArn,
        overrides?.executionRoleArn ?? found?.input.executionRoleArn,
      ),
    ];
  },
  run: (ecs, input) => {
    if (input.volumeConfigurations?.length) throw notModelled('volumes managed by a task');
    const cluster = ecs.clusterOf(input.cluster);
    if ((input.clientToken?.length ?? 0) > 64) {
      throw new AwsError('InvalidParameterException', 'clientToken cannot have more than 64 characters.');
    }
    if ((input.startedBy?.length ?? 0) > 128) {
      throw new AwsError('InvalidParameterException', 'startedBy cannot have more than 128 characters.');
    }
    const earlier = input.clientToken === undefined ? undefined : ecs.runTokens.get(input.clientToken);
    if (earlier) {
      if (!isDeepStrictEqual(earlier.input, input)) {
        throw new AwsError('ConflictException', 'The client token was used with other parameters.', {
          fields: { resourceIds: earlier.taskIds.map((id) => ecs.arns.task(cluster.name, id)) },
        });
      }
      const known = earlier.taskIds.flatMap((id) => cluster.tasks.get(id) ?? []);
      return { tasks: known.map((task) => taskView(ecs.arns, task)), failures: [] };
    }
    const count = input.count ?? 1;
    if (!Number.isInteger(count) || count < 1 || count > 10) {
      throw new AwsError('InvalidParameterException', 'The count must be between 1 and 10.');
    }
    const taskDefinition = ecs.usableTaskDefinition(input.taskDefinition);
    const { launchType, strategy } = capacityOf(cluster, input);
    if (launchType === 'FARGATE') ecs.throttle('fargate-run-task');
    checkLaunchType(launchType, taskDefinition);
    checkNetwork(taskDefinition, input.networkConfiguration);
    for (const { name } of input.overrides?.containerOverrides ?? []) {
      if (!taskDefinition.containers.some((container) => container.name === name)) {
        throw new AwsError(
          'InvalidParameterException',
          `Override for container named ${name} is not a container in the TaskDefinition.`,
        );
      }
    }
    if (launchType === 'EXTERNAL' && cluster.instances.size === 0) {
      throw new AwsError('InvalidParameterException', 'No Container Instances were found in your cluster.');
    }
    const group = input.group ?? `family:${taskDefinition.family}`;
    const tasks: Task[] = [];
    const failures: Failure[] = [];
    const providers: (FargateProvider | undefined)[] = [];
    for (let index = 0; index < count; index += 1) {
      const capacityProvider = nextProvider(strategy, providers);
      providers.push(capacityProvider);
      let instance: InstanceRecord | undefined;
      if (launchType === 'EXTERNAL') {
        const placement = place(cluster.instances.values(), {
          taskDefinition,
          constraints: input.placementConstraints ?? [],
          strategy: input.placementStrategy ?? [],
          group,
        });
        if (placement.kind === 'no-room') {
          if (placement.refusals.length === 0) failures.push({ reason: placement.reason });
          for (const refusal of placement.refusals) {
            failures.push({ arn: refusal.instance.arn, reason: refusal.reason });
          }
          break;
        }
        instance = placement.instance;
      } else {
        const refusal = ecs.engine.fargateRefusal(taskDefinition, capacityProvider);
        const waitMs =
          refusal || !ecs.ctx.fidelity.ecs.throttling
            ? 0
            : ecs.launchRates.take({ fargate: capacityProvider ?? 'FARGATE' });
        // Fargate's launch rate is the account's (DG:throttling).
        if (waitMs > 0 && tasks.length === 0) throw new AwsError('ThrottlingException', 'Rate exceeded');
        if (refusal || waitMs > 0) {
          failures.push({ reason: refusal ?? 'Rate exceeded' });
          break;
        }
      }
      const task = ecs.engine.launch({
        cluster,
        taskDefinition,
        launchType,
        capacityProvider,
        instance,
        group,
        startedBy: input.startedBy,
        overrides: structuredClone(input.overrides ?? {}),
        networkConfiguration: structuredClone(input.networkConfiguration),
        enableExecuteCommand: input.enableExecuteCommand ?? false,
        tags: [...(input.propagateTags === 'TASK_DEFINITION' ? taskDefinition.tags : []), ...(input.tags ?? [])],
      });
      ecs.staleness.note(task.arn, () => undefined);
      tasks.push(taskView(ecs.arns, task));
    }
    const { clientToken } = input;
    if (clientToken !== undefined && tasks.length > 0) {
      const taskIds = tasks.map(({ taskArn }) => lastPart(taskArn ?? ''));
      ecs.runTokens.set(clientToken, { input: structuredClone(input), taskIds });
      ecs.ctx.kernel.after(tokenRetentionMs, 'ecs-forget-token', () => void ecs.runTokens.delete(clientToken));
    }
    return { tasks, failures };
  },
};
