import { z } from 'zod';
import { endStoppedRollout } from '../adapters/end-stopped.ts';
import { deleteGateWait, gateWaits } from '../adapters/gate-waits.ts';
import { hasLine } from '../adapters/history.ts';
import { readControl } from '../adapters/records.ts';
import {
  executionEnd,
  executionName,
  executionRuns,
  type StoppedExecution,
  startOnce,
  stoppedExecutions,
} from '../adapters/sfn.ts';
import { readItem, rolloutKey } from '../adapters/table.ts';
import { callTurns, deleteTurn, waitingTurns } from '../adapters/turns.ts';
import { guardBurst } from '../core/guard-burst.ts';
import { endStopped, guardRollout, type StoppedStart } from '../core/guard-rollout.ts';
import { parseImageReference } from '../core/image-reference.ts';
import { type BurstRequest, RolloutRequest, Wanted } from '../core/requests.ts';
import { endKey } from '../core/rollout-story.ts';
import type { Control, RolloutRecord } from '../core/state.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

/** An execution that ended, or only that a minute has passed. */
const Input = z.object({ 'detail-type': z.string() });

export interface GuardExecutionsOutput {
  /** What was found, by service, or by rollout where only its end was still to be told; those of which there is nothing to say are left out. */
  readonly found: Readonly<Record<string, string>>;
}

/** Starts of one repair are named alike for this long: a second event starts no second one, and a failed one is tried again. */
const againMs = 600_000;

/** How long ago an execution was stopped whose end is still looked after: it is found at the first looks, unless these fail. */
const lookBackMs = 3_600_000;

/**
 * Ends what stopped executions left behind: a stopped execution runs no `Catch`, so its lease, its probe and twins on
 * two releases would stay. An execution that only takes back is started for them, with the same fence as any other. A
 * burst that was stopped would keep its Fargate tasks: one is started that goes on with it. A start that was stopped
 * before it had the service has left no more than its token, and nobody would tell of its end.
 */
export const create = (deps: Dependencies<'dynamodb' | 'events' | 'sfn'>): WrappedHandler<GuardExecutionsOutput> => {
  const env = readEnvironment(deps.env, 'guard-executions', [
    'TABLE_NAME',
    'SERVICE_NAMES',
    'ROLLOUT_STATE_MACHINE_ARN',
    'BURST_STATE_MACHINE_ARN',
  ]);
  const { clients, clock } = deps;
  const table = { client: clients.dynamodb, name: env.TABLE_NAME };

  const runs = (of: { readonly executionArn: string; readonly startedAt: string } | undefined): Promise<boolean> =>
    of ? executionRuns(clients.sfn, of.executionArn, of.startedAt, clock.now()) : Promise.resolve(false);

  const period = (): number => Math.floor(clock.now() / againMs);

  const guardRolloutOf = async (control: Control): Promise<string | undefined> => {
    const { service } = control;
    const holderRuns = await runs(control.rollout);
    const asked = control.unsettled && !control.rollout ? control.newest : undefined;
    const decision = guardRollout(control, { holderRuns, newestRuns: await runs(asked) });
    if (decision.kind === 'nothing') return undefined;
    const input: RolloutRequest = { service, takeBack: true, trigger: { kind: 'guardian', reason: decision.reason } };
    const name = executionName(`guardian-${control.fence}-${period()}`, service);
    await startOnce(clients.sfn, { stateMachineArn: env.ROLLOUT_STATE_MACHINE_ARN, name, input });
    return decision.reason;
  };

  const guardBurstOf = async ({ service, burst }: Control): Promise<string | undefined> => {
    const reason = guardBurst(burst, await runs(burst));
    if (!burst || reason === undefined) return undefined;
    const input: BurstRequest = { service, trigger: { kind: 'guardian', reason } };
    const name = executionName(`guardian-${Date.parse(burst.startedAt)}-${burst.generation}-${period()}`, service);
    await startOnce(clients.sfn, { stateMachineArn: env.BURST_STATE_MACHINE_ARN, name, input });
    return reason;
  };

  const services = env.SERVICE_NAMES.split(',');

  const endStart = async (stopped: StoppedExecution): Promise<string | undefined> => {
    const { executionArn, name: rolloutId, startedAt, stoppedAt } = stopped;
    const ended = await executionEnd(clients.sfn, executionArn);
    const request: unknown = JSON.parse(ended.input);
    const wanted = Wanted.parse(request);
    const { service } = wanted;
    if (!services.includes(service)) return undefined;
    const key = { service, rolloutId, startedAt };
    // The lease first: it is taken before its record is made, and given back when that has its end.
    const control = await readControl(table, service);
    const record = (await readItem<RolloutRecord>(table, rolloutKey(key)))?.item;
    // The line of its end comes after everything else that tells of it.
    if (record?.endedAt !== undefined && (await hasLine(table, service, endKey(rolloutId)))) return undefined;
    const turn = (await waitingTurns(table, service)).find((each) => each.executionArn === executionArn);
    const [approval, scan] = await Promise.all(
      (['approval', 'scan'] as const).map(async (gate) =>
        (await gateWaits(table, gate, service)).find(({ candidate }) => candidate.executionArn === executionArn),
      ),
    );
    const waitedFor: StoppedStart['waitedFor'] = turn
      ? 'its turn'
      : approval
        ? 'an approval'
        : scan
          ? 'the scan of its image'
          : undefined;
    const { takeBack } = RolloutRequest.safeParse(request).data ?? {};
    const start = {
      ...ended,
      rolloutId,
      stoppedAtMs: Date.parse(stoppedAt),
      takesBack: takeBack === true,
      record,
      waitedFor,
    };
    const end = endStopped(control, start, clock.now());
    if (!end) return undefined;
    const image = turn?.image ?? (approval ?? scan)?.candidate.image ?? wanted.image;
    const digest =
      turn?.digest ?? (approval ?? scan)?.candidate.digest ?? parseImageReference(wanted.image)?.digest ?? '';
    const bare = { ...key, ...wanted, image, digest, executionArn, fence: 0, waves: [] };
    await endStoppedRollout({ table, events: clients.events }, record ?? bare, end, record?.endedAt ?? stoppedAt);
    if (turn) await deleteTurn(table, turn);
    for (const gate of ['approval', 'scan'] as const) await deleteGateWait(table, gate, key);
    await callTurns(table, clients.sfn, service);
    return end.reason;
  };

  return wrapHandler({
    folder: 'guard-executions',
    env: deps.env,
    input: Input,
    run: async () => {
      const found: [string, string][] = [];
      for (const service of services) {
        const control = await readControl(table, service);
        const reasons = [await guardRolloutOf(control), await guardBurstOf(control)].filter(
          (each) => each !== undefined,
        );
        if (reasons.length > 0) found.push([service, reasons.join(' ')]);
      }
      const sinceMs = clock.now() - lookBackMs;
      for (const stopped of await stoppedExecutions(clients.sfn, env.ROLLOUT_STATE_MACHINE_ARN, sinceMs)) {
        const reason = await endStart(stopped);
        if (reason !== undefined) found.push([stopped.name, reason]);
      }
      return { found: Object.fromEntries(found) };
    },
    summary: (event, output) => ({ event: event['detail-type'], ...output }),
  });
};
