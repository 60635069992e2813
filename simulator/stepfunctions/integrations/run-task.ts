import type { Task } from '@aws-sdk/client-ecs';
import { StateFailure } from '../execution/failure.ts';
import type { Json, JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { callService, type Integration, type TaskRun } from './integration.ts';
import { fromApi, toApiCase } from './sdk-case.ts';
import { sdkMetadata } from './sdk-metadata.ts';
import { ecsErrors } from './service-errors.ts';

interface RunTaskAnswer {
  readonly tasks?: readonly Task[];
  readonly failures?: readonly unknown[];
}

/** How often Step Functions looks after the task besides the events it gets, which are best effort. */
const pollMs = 5_000;

const request = async (run: TaskRun): Promise<Json> => {
  const response = await callService<RunTaskAnswer>(run, 'ecs', 'RunTask', toApiCase(run.arguments), ecsErrors);
  const answer = epochTimes(fromApi({ failures: response.failures ?? [], tasks: response.tasks ?? [] }, true));
  const text = JSON.stringify(answer);
  return {
    ...(answer as JsonObject),
    ...sdkMetadata(run.machinery.ctx.kernel, text, 'application/x-amz-json-1.1'),
  };
};

/** A task that could not be placed fails only the patterns that wait for its end. */
const complete = async (run: TaskRun, answer: Json): Promise<Json> => {
  const { Tasks: tasks, Failures: failures } = answer as { Tasks: readonly JsonObject[]; Failures: readonly Json[] };
  const started = tasks[0];
  if (!started) throw new StateFailure('AmazonECS.Unknown', JSON.stringify(failures));
  const names = { cluster: started.ClusterArn, task: started.TaskArn };
  const { ctx } = run.machinery;
  const forget = run.scope.onCancel(() => {
    ctx
      .call({ service: 'ecs', action: 'StopTask', input: names, caller: run.caller })
      // Best effort, as on AWS: a role that may not stop its task leaves it running.
      .catch(() => {});
  });
  for (;;) {
    await run.scope.waitAws(pollMs, 'states ecs:runTask');
    const { tasks: found } = await callService<RunTaskAnswer>(
      run,
      'ecs',
      'DescribeTasks',
      { cluster: names.cluster, tasks: [names.task] },
      ecsErrors,
    );
    const task = found?.[0];
    if (task?.lastStatus !== 'STOPPED') continue;
    forget();
    const described = epochTimes(fromApi(task, true));
    const failed =
      task.stopCode !== 'EssentialContainerExited' || task.containers?.some((container) => container.exitCode !== 0);
    if (failed) throw new StateFailure('States.TaskFailed', JSON.stringify(described));
    return described;
  }
};

/** Optimized integrations show times as epoch milliseconds. */
const epochTimes = (value: Json): Json => {
  if (Array.isArray(value)) return (value as readonly Json[]).map(epochTimes);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      /At$/.test(name) && typeof member === 'string' ? Date.parse(member) : epochTimes(member),
    ]),
  );
};

const complement = (args: Json): Json => (isJsonObject(args) ? { ...args, StartedBy: 'AWS Step Functions' } : args);

const required = ['TaskDefinition'];

export const runEcsTask: Integration = { required, complement, request };
export const runEcsTaskSync: Integration = { required, complement, request, complete };
