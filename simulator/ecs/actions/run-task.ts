import type { Failure, RunTaskRequest, RunTaskResponse, Task } from '@aws-sdk/client-ecs';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { lastPart } from '../arns.ts';
import type { EcsService } from '../ecs-service.ts';
import type { InstanceRecord } from '../model.ts';
import { clusterKey, passRoles } from '../permissions.ts';
import { place } from '../placement.ts';
import { checkLaunchType, checkNetwork, launchTypeOf } from '../service-rules.ts';
import { taskView } from '../views.ts';

/** What finds no room is no error: the call succeeds and says so in `failures` (DG:api_failures_messages). */
export const runTask: ActionDefinition<EcsService, RunTaskRequest, RunTaskResponse> = {
  refuses: ['referenceId'],
  partly: 'capacity providers, the launch type EC2, volumes, placement strategies other than spread and binpack',
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
    if (input.capacityProviderStrategy?.length) throw notModelled('capacity providers');
    if (input.volumeConfigurations?.length) throw notModelled('volumes managed by a task');
    const cluster = ecs.clusterOf(input.cluster);
    const count = input.count ?? 1;
    if (!Number.isInteger(count) || count < 1 || count > 10) {
      throw new AwsError('InvalidParameterException', 'The count must be between 1 and 10.');
    }
    const taskDefinition = ecs.usableTaskDefinition(input.taskDefinition);
    const launchType = launchTypeOf(input.launchType);
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
    for (let index = 0; index < count; index += 1) {
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
      } else if (!ecs.engine.fargateHasRoom(taskDefinition)) {
        failures.push({ reason: "You've reached the limit on the number of vCPUs you can run concurrently" });
        break;
      }
      const task = ecs.engine.launch({
        cluster,
        taskDefinition,
        launchType,
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
    return { tasks, failures };
  },
};
