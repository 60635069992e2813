import { createHash } from 'node:crypto';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { nameOf } from '../core/errors.ts';
import type { ExecutionEnd } from '../core/guard-rollout.ts';

type StepFunctions = Pick<SFNClient, 'send'>;

/**
 * Whether an execution still runs. `DescribeExecution` is read with a delay, so one that it does not know yet counts as
 * running while it is younger than `graceMs`.
 */
export const executionRuns = async (
  sfn: StepFunctions,
  executionArn: string,
  startedAt: string,
  nowMs: number,
  graceMs = 60_000,
): Promise<boolean> => {
  try {
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING';
  } catch (error) {
    if (nameOf(error) === 'ExecutionDoesNotExist') return nowMs - Date.parse(startedAt) < graceMs;
    throw error;
  }
};

/** How an execution that runs no more has ended, and what it was started with. */
export const executionEnd = async (
  sfn: StepFunctions,
  executionArn: string,
): Promise<ExecutionEnd & { readonly input: string }> => {
  try {
    const { status, error, cause, input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return { status: status ?? '', error: error ?? '', cause: cause ?? '', input: input ?? '{}' };
  } catch (thrown) {
    if (nameOf(thrown) !== 'ExecutionDoesNotExist') throw thrown;
    return { status: 'GONE', error: '', cause: '', input: '{}' };
  }
};

export interface StoppedExecution {
  readonly executionArn: string;
  readonly name: string;
  /** ISO times. */
  readonly startedAt: string;
  readonly stoppedAt: string;
}

/**
 * Executions that were stopped, or ran out of time, since then: of each kind the 100 that were started last are looked
 * through.
 */
export const stoppedExecutions = async (
  sfn: StepFunctions,
  stateMachineArn: string,
  sinceMs: number,
): Promise<readonly StoppedExecution[]> => {
  const found: StoppedExecution[] = [];
  for (const statusFilter of ['ABORTED', 'TIMED_OUT'] as const) {
    const { executions = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter, maxResults: 100 }),
    );
    for (const { executionArn, name, startDate, stopDate } of executions) {
      if (!executionArn || !name || !startDate || !stopDate || stopDate.getTime() < sinceMs) continue;
      found.push({ executionArn, name, startedAt: startDate.toISOString(), stoppedAt: stopDate.toISOString() });
    }
  }
  return found;
};

/**
 * Ends the task that waits with this token. A token that is no longer waited for is no error: its state has moved on.
 * @returns whether a task waited with it.
 */
export const endTask = async (sfn: StepFunctions, token: string, output: unknown): Promise<boolean> => {
  try {
    await sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(output) }));
    return true;
  } catch (error) {
    if (!['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'].includes(nameOf(error))) throw error;
    return false;
  }
};

/**
 * Name of an execution that something causes for one service: the same for the same two. Step Functions takes 80
 * characters; the hash keeps services apart whose names begin alike.
 */
export const executionName = (cause: string, service: string): string => {
  const whole = `${cause}-${service}`;
  if (whole.length <= 80) return whole;
  return `${whole.slice(0, 71)}-${createHash('sha256').update(whole).digest('hex').slice(0, 8)}`;
};

/** Starts an execution once: the same name again is no error. */
export const startOnce = async (
  sfn: StepFunctions,
  start: { readonly stateMachineArn: string; readonly name: string; readonly input: unknown },
): Promise<'started' | 'already-started'> => {
  try {
    await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: start.stateMachineArn,
        name: start.name,
        input: JSON.stringify(start.input),
      }),
    );
    return 'started';
  } catch (error) {
    if (nameOf(error) === 'ExecutionAlreadyExists') return 'already-started';
    throw error;
  }
};
