import {
  DescribeExecutionCommand,
  ListStateMachinesCommand,
  type ListStateMachinesCommandOutput,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { errorName, verdicts } from '../functions/core/verdict.ts';
import type { Connection } from './connection.ts';
import { type Context, NotDeployed } from './context.ts';

/** How an execution ended, as its verdict says. */
export interface Ended {
  readonly executionArn: string;
  readonly succeeded: boolean;
  readonly verdict: string;
  readonly cause: string;
  readonly reason: string;
  readonly exitCode: number;
  /** The output of an execution that succeeded. */
  readonly output?: Readonly<Record<string, unknown>>;
}

const lookMs = 1_000;

/** @throws NotDeployed */
const machineArn = async (sfn: Connection['sfn'], workflow: 'rollout' | 'burst' | 'operate'): Promise<string> => {
  let nextToken: string | undefined;
  do {
    const page: ListStateMachinesCommandOutput = await sfn.send(new ListStateMachinesCommand({ nextToken }));
    const found = page.stateMachines?.find(({ name }) => name === `spillway-${workflow}`);
    if (found?.stateMachineArn) return found.stateMachineArn;
    nextToken = page.nextToken;
  } while (nextToken);
  throw new NotDeployed(`There is no state machine spillway-${workflow}.`);
};

/** Starts an execution. @returns its ARN. */
export const start = async (
  { sfn }: Connection,
  workflow: 'rollout' | 'burst' | 'operate',
  input: Readonly<Record<string, unknown>>,
): Promise<string> => {
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn: await machineArn(sfn, workflow), input: JSON.stringify(input) }),
  );
  return executionArn ?? '';
};

/**
 * Waits for the end of an execution. `meanwhile` is called at each look.
 * A failed execution's error is the error name of its verdict, and its cause the sentence.
 */
export const follow = async (
  context: Context,
  executionArn: string,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<Ended> => {
  const { sfn } = context.connection();
  for (;;) {
    const { status, output, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    await meanwhile();
    if (status === 'SUCCEEDED') {
      const end = JSON.parse(output ?? '{}') as { verdict?: string; cause?: string; reason?: string };
      const { verdict = 'completed', cause: why = '', reason = '' } = end;
      const entry = verdicts.find((each) => each.succeeded && each.verdict === verdict && each.cause === why);
      return {
        executionArn,
        succeeded: true,
        verdict,
        cause: why,
        reason,
        output: JSON.parse(output ?? '{}') as Readonly<Record<string, unknown>>,
        exitCode: entry?.exitCode ?? 0,
      };
    }
    if (status !== 'RUNNING') return failedEnd(executionArn, status ?? 'FAILED', error, cause);
    await context.clock.sleep(lookMs);
  }
};

const failedEnd = (
  executionArn: string,
  status: string,
  error: string | undefined,
  cause: string | undefined,
): Ended => {
  const entry = verdicts.find((each) => !each.succeeded && errorName(each) === error);
  const failed = { executionArn, succeeded: false, reason: cause ?? '' };
  if (entry) return { ...failed, verdict: entry.verdict, cause: entry.cause, exitCode: entry.exitCode };
  if (error === 'InvalidOperation') return { ...failed, verdict: 'refused', cause: 'invalid-input', exitCode: 2 };
  const reason = cause ?? `The execution ended as ${status}${error ? ` with ${error}` : ''}.`;
  return { ...failed, verdict: status.toLowerCase(), cause: error ?? '', reason, exitCode: 1 };
};
