import { z } from 'zod';
import { readControl } from '../adapters/records.ts';
import { endTask } from '../adapters/sfn.ts';
import { storeTurn } from '../adapters/turns.ts';
import { endWatch, readWatch } from '../adapters/watch.ts';
import { Candidate, type Control } from '../core/state.ts';
import { supersededBy } from '../core/take-lease.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.object({
  token: z.string().min(1),
  candidate: Candidate,
  /** The rollout that had the lease when this start was told to wait; empty when another start has its turn first. */
  waitsFor: z.string(),
});

export interface AwaitTurnOutput {
  readonly kind: 'waiting' | 'called';
}

/**
 * Begins a start's wait for its turn. The token is stored first and the lease read after it: a lease that became free
 * before the token was there is seen by the read, one that becomes free later finds the token.
 */
export const create = (deps: Dependencies<'dynamodb' | 'sfn'>): WrappedHandler<AwaitTurnOutput> => {
  const env = readEnvironment(deps.env, 'await-turn', ['TABLE_NAME']);
  const table = { client: deps.clients.dynamodb, name: env.TABLE_NAME };

  /**
   * A bake is a safe point all along, and so is the wait for a probe that runs: whoever is newer need not wait for its end.
   * Who wants the same digest joins it.
   */
  const endWait = async (control: Control, candidate: Candidate): Promise<void> => {
    if (control.newest?.executionArn !== candidate.executionArn) return;
    if (control.newest.digest === control.rollout?.digest) return;
    const watch = await readWatch(table, candidate.service);
    if (!watch || watch.rolloutId !== control.rollout?.rolloutId) return;
    if (watch.phase !== 'bake' && watch.phase !== 'settle') return;
    await endWatch({ sfn: deps.clients.sfn, table }, watch, {
      kind: 'superseded',
      failure: supersededBy(control.newest),
    });
  };

  return wrapHandler({
    folder: 'await-turn',
    env: deps.env,
    input: Input,
    run: async ({ token, candidate, waitsFor }) => {
      const { service, rolloutId, executionArn, askedAt, startedAt, digest, image } = candidate;
      await storeTurn(table, { service, rolloutId, executionArn, askedAt, startedAt, digest, image, token });
      const control = await readControl(table, service);
      if ((control.rollout?.rolloutId ?? '') === waitsFor) {
        await endWait(control, candidate);
        return { kind: 'waiting' as const };
      }
      await endTask(deps.clients.sfn, token, { kind: 'called' });
      return { kind: 'called' as const };
    },
    summary: ({ candidate }, output) => ({ service: candidate.service, rollout: candidate.rolloutId, ...output }),
  });
};
