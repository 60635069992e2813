import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { StateFailure } from '../execution/failure.ts';
import type { Json, JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { callService, type Integration, type TaskRun } from './integration.ts';
import { parsePayload } from './lambda-payload.ts';
import { sdkMetadata } from './sdk-metadata.ts';
import { statesErrors } from './service-errors.ts';

/** `arn:aws:states:::states:startExecution`. An input that is not a string is sent as JSON. */
const request = async (run: TaskRun): Promise<Json> => {
  const args = isJsonObject(run.arguments) ? run.arguments : ({} as JsonObject);
  const { Input: input } = args;
  const response = await callService<{ executionArn: string; startDate: Date }>(
    run,
    'states',
    'StartExecution',
    {
      stateMachineArn: args.StateMachineArn,
      name: args.Name,
      input: input === undefined || typeof input === 'string' ? input : JSON.stringify(input),
      traceHeader: args.TraceHeader,
    },
    statesErrors,
  );
  const answer = { ExecutionArn: response.executionArn, StartDate: response.startDate.getTime() };
  return { ...answer, ...sdkMetadata(run.machinery.ctx.kernel, JSON.stringify(answer), 'application/x-amz-json-1.0') };
};

/** Waits for the child's end. A parent that is stopped, or stops waiting, stops its child. */
const complete = async (run: TaskRun, answer: Json): Promise<Json> => {
  const executionArn = String((answer as JsonObject).ExecutionArn);
  const { ctx, whenClosed } = run.machinery;
  const forget = run.scope.onCancel(() => {
    ctx
      .call({ service: 'states', action: 'StopExecution', input: { executionArn }, caller: run.caller })
      // Best effort, as on AWS: a role that may not stop its child leaves it running.
      .catch(() => {});
  });
  await run.scope.guard(whenClosed(executionArn));
  forget();
  const child = await callService<DescribeExecutionOutput>(
    run,
    'states',
    'DescribeExecution',
    { executionArn },
    statesErrors,
  );
  const described = describe(child, run.resource.endsWith('.sync:2'));
  if (child.status === 'SUCCEEDED') return described;
  throw new StateFailure('States.TaskFailed', JSON.stringify(described));
};

/** `.sync:2` gives input and output as JSON, `.sync` as strings. */
const describe = (child: DescribeExecutionOutput, parsed: boolean): Json => {
  const text = (value: string): Json => (parsed ? parsePayload(value) : value);
  return {
    ...(child.cause === undefined ? {} : { Cause: child.cause }),
    ...(child.error === undefined ? {} : { Error: child.error }),
    ExecutionArn: child.executionArn ?? null,
    Input: text(child.input ?? '{}'),
    InputDetails: { Included: true },
    Name: child.name ?? null,
    ...(child.output === undefined ? {} : { Output: text(child.output), OutputDetails: { Included: true } }),
    RedriveCount: child.redriveCount ?? 0,
    RedriveStatus: child.redriveStatus ?? null,
    ...(child.redriveStatusReason === undefined ? {} : { RedriveStatusReason: child.redriveStatusReason }),
    StartDate: child.startDate?.getTime() ?? null,
    StateMachineArn: child.stateMachineArn ?? null,
    Status: child.status ?? null,
    StopDate: child.stopDate?.getTime() ?? null,
  };
};

const required = ['StateMachineArn'];

export const startExecution: Integration = { required, request };
export const startExecutionSync: Integration = { required, request, complete };
