import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListStateMachinesCommand,
  type ListStateMachinesCommandOutput,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { readControl } from '../functions/adapters/records.ts';
import { readItem, rolloutKey } from '../functions/adapters/table.ts';
import { controllerTableName } from '../functions/core/configuration.ts';
import type { RolloutRecord } from '../functions/core/state.ts';
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

/** The guardian looks each minute at what was stopped, once nothing of it can write any more. */
const recordedWithinMs = 120_000;

/**
 * Waits for the end of an execution. `meanwhile` is called at each look.
 * A failed execution's error is the error name of its verdict, and its cause the sentence. One that was stopped has
 * neither: its end is in the record of its rollout, or that of the rollout that it had started.
 */
export const follow = async (
  context: Context,
  executionArn: string,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<Ended> => {
  const { sfn } = context.connection();
  for (;;) {
    const { status, output, error, cause, ...started } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
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
    if (status !== 'RUNNING') {
      const said = failedEnd(executionArn, error, cause);
      if (said) return said;
      const child = await startedBy(sfn, executionArn);
      if (child) return { ...(await follow(context, child, meanwhile)), executionArn };
      const end = bareEnd(executionArn, status ?? 'FAILED', error, cause);
      const { service } = JSON.parse(started.input ?? '{}') as { readonly service?: string };
      const { name: rolloutId, startDate } = started;
      if (!executionArn.includes(':spillway-rollout:') || !service || !rolloutId || !startDate) return end;
      const recorded = await recordedEnd(
        context,
        { service, rolloutId, startedAt: startDate.toISOString() },
        meanwhile,
      );
      const later = `Its end was not recorded within ${recordedWithinMs / 1_000} s; npx spillway rollouts ${service} lists it once it is.`;
      return recorded ? { ...recorded, executionArn } : { ...end, reason: `${end.reason} ${later}` };
    }
    await context.clock.sleep(lookMs);
  }
};

/** The execution that this one started last and waited for. */
const startedBy = async (sfn: Connection['sfn'], executionArn: string): Promise<string | undefined> => {
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 100 }),
  );
  const submitted = events
    .map(({ taskSubmittedEventDetails }) => taskSubmittedEventDetails)
    .find((details) => details?.resourceType === 'states');
  return (JSON.parse(submitted?.output ?? '{}') as { readonly ExecutionArn?: string }).ExecutionArn;
};

/** The end of a stopped rollout; undefined where none is recorded in time. The way back, once somebody walks it, has its own. */
const recordedEnd = async (
  context: Context,
  of: { readonly service: string; readonly rolloutId: string; readonly startedAt: string },
  meanwhile: () => Promise<void>,
): Promise<Omit<Ended, 'executionArn'> | undefined> => {
  const table = { client: context.connection().dynamodb, name: controllerTableName };
  let untilMs = context.clock.now() + recordedWithinMs;
  for (;;) {
    const record = (await readItem<RolloutRecord>(table, rolloutKey(of)))?.item;
    await meanwhile();
    if (record?.endedAt !== undefined) {
      const { succeeded = false, verdict = '', cause = '', reason = '' } = record;
      const entry = verdicts.find((each) => each.of === 'rollout' && each.verdict === verdict && each.cause === cause);
      return { succeeded, verdict, cause, reason, exitCode: entry?.exitCode ?? 1 };
    }
    const { rollout } = await readControl(table, of.service);
    if (rollout?.rolloutId === of.rolloutId && !rollout.executionArn.endsWith(`:${of.rolloutId}`))
      untilMs = context.clock.now() + recordedWithinMs;
    if (context.clock.now() >= untilMs) return undefined;
    await context.clock.sleep(lookMs);
  }
};

/** What a failed execution says of its end; undefined where it says no verdict. */
const failedEnd = (executionArn: string, error: string | undefined, cause: string | undefined): Ended | undefined => {
  const entry = verdicts.find((each) => !each.succeeded && errorName(each) === error);
  const failed = { executionArn, succeeded: false, reason: cause ?? '' };
  if (entry) return { ...failed, verdict: entry.verdict, cause: entry.cause, exitCode: entry.exitCode };
  if (error === 'InvalidOperation') return { ...failed, verdict: 'refused', cause: 'invalid-input', exitCode: 2 };
  return undefined;
};

/** The end of an execution of which nobody says a verdict. */
const bareEnd = (executionArn: string, status: string, error: string | undefined, cause: string | undefined): Ended => {
  const said = [error, cause].filter((each) => each).join(': ');
  const reason = `The execution ended as ${status}${said ? ` (${said})` : ''}.`;
  return {
    executionArn,
    succeeded: false,
    verdict: status.toLowerCase(),
    cause: error ?? 'no-verdict',
    reason,
    exitCode: 1,
  };
};
