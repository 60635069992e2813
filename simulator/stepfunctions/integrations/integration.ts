import type { Caller, ServiceName } from '../../cloud/service.ts';
import type { Execution } from '../execution/execution.ts';
import type { Machinery } from '../execution/frame.ts';
import type { Scope } from '../execution/scope.ts';
import type { Json } from '../json.ts';
import { asTaskFailure, type ErrorStyle } from './service-errors.ts';

/** One attempt of a task, as its integration sees it. */
export interface TaskRun {
  readonly machinery: Machinery;
  readonly execution: Execution;
  /** Lives as long as the attempt: a timeout ends it. */
  readonly scope: Scope;
  readonly caller: Caller;
  readonly arguments: Json;
  /** As in the task's resource: `invoke`, `startExecution.sync:2`. */
  readonly resource: string;
}

/** A kind of task. */
export interface Integration {
  /** Arguments without which no request is made. */
  readonly required?: readonly string[];
  /** What Step Functions adds to the arguments; the history shows the result. */
  readonly complement?: (args: Json) => Json;
  /** Makes the request. @throws StateFailure @returns the service's answer as the state machine sees it. */
  readonly request: (run: TaskRun) => Promise<Json>;
  /** Waits until the job that the request began has ended. @throws StateFailure */
  readonly complete?: (run: TaskRun, answer: Json) => Promise<Json>;
}

/** Calls a service as the task's role. @throws StateFailure with the error's name as Step Functions gives it. */
export const callService = async <Output>(
  run: TaskRun,
  service: ServiceName,
  action: string,
  input: unknown,
  style: ErrorStyle,
): Promise<Output> => {
  const { ctx } = run.machinery;
  const abort = new AbortController();
  const forget = run.scope.onCancel(() => abort.abort());
  try {
    const call = ctx.call({ service, action, input, caller: run.caller, signal: abort.signal });
    return (await run.scope.guard(call)) as Output;
  } catch (error) {
    throw asTaskFailure(error, style, ctx.kernel.uuid('states-request-id'));
  } finally {
    forget();
  }
};
