import { z } from 'zod';
import { readControl } from '../adapters/records.ts';
import { executionName, executionRuns, startOnce } from '../adapters/sfn.ts';
import { guardBurst } from '../core/guard-burst.ts';
import { guardRollout } from '../core/guard-rollout.ts';
import type { BurstRequest, RolloutRequest } from '../core/requests.ts';
import type { Control } from '../core/state.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

/** An execution that ended, or only that a minute has passed. */
const Input = z.object({ 'detail-type': z.string() });

export interface GuardExecutionsOutput {
  /** What was found, by service; services of which there is nothing to say are left out. */
  readonly found: Readonly<Record<string, string>>;
}

/** Starts of one repair are named alike for this long: a second event starts no second one, and a failed one is tried again. */
const againMs = 600_000;

/**
 * Ends what stopped executions left behind: a stopped execution runs no `Catch`, so its lease, its probe and twins on
 * two releases would stay. An execution that only takes back is started for them, with the same fence as any other. A
 * burst that was stopped would keep its Fargate tasks: one is started that goes on with it.
 */
export const create = (deps: Dependencies<'dynamodb' | 'sfn'>): WrappedHandler<GuardExecutionsOutput> => {
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

  return wrapHandler({
    folder: 'guard-executions',
    env: deps.env,
    input: Input,
    run: async () => {
      const found: [string, string][] = [];
      for (const service of env.SERVICE_NAMES.split(',')) {
        const control = await readControl(table, service);
        const reasons = [await guardRolloutOf(control), await guardBurstOf(control)].filter(
          (each) => each !== undefined,
        );
        if (reasons.length > 0) found.push([service, reasons.join(' ')]);
      }
      return { found: Object.fromEntries(found) };
    },
    summary: (event, output) => ({ event: event['detail-type'], ...output }),
  });
};
