import { z } from 'zod';
import { appendHistory } from '../adapters/history.ts';
import { makeRoom } from '../adapters/make-room.ts';
import { concludeWatch, lookAtTwin, newWatch, readNews, storeWatch, type Watch } from '../adapters/watch.ts';
import { bakeLine } from '../core/rollout-story.ts';
import { Moved, Rollout, Step } from '../core/state.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const waiting = {
  token: z.string().min(1),
  attempt: z.object({ enteredAt: z.string(), retryCount: z.number() }),
  rollout: Rollout,
  steps: z.array(Step).readonly(),
  /** The twins that were moved, the newest move of each last. */
  moves: z.array(Moved).readonly(),
};
const Input = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['forward', 'back']), ...waiting, twin: z.string(), deadlineAt: z.string() }),
  z.object({ kind: z.literal('bake'), ...waiting }),
]);
type Input = z.infer<typeof Input>;

export interface AwaitTwinOutput {
  readonly kind: string;
}

const toWatch = (input: Input): Watch => {
  const { kind: phase, token, attempt, rollout, steps, moves } = input;
  const wait =
    input.kind === 'bake'
      ? { twin: '', deadlineMs: Number.MAX_SAFE_INTEGER }
      : { twin: input.twin, deadlineMs: Date.parse(input.deadlineAt) };
  return newWatch({ ...wait, phase, token, attempt, rollout, steps, moves });
};

/**
 * Begins a wait: for the arrival of a twin, or for what goes wrong in a bake. The token is stored first and the news read
 * after it: an end that was told before the token was there is in the news, one that is told later finds the token.
 */
export const create = (deps: Dependencies<'ecs' | 'dynamodb' | 'sfn'>): WrappedHandler<AwaitTwinOutput> => {
  const env = readEnvironment(deps.env, 'await-twin', ['TABLE_NAME', 'CLUSTER_NAME']);
  const clients = {
    table: { client: deps.clients.dynamodb, name: env.TABLE_NAME },
    ecs: { client: deps.clients.ecs, cluster: env.CLUSTER_NAME },
    sfn: deps.clients.sfn,
  };
  return wrapHandler({
    folder: 'await-twin',
    env: deps.env,
    input: Input,
    run: async (input) => {
      const { stored, sweep } = await storeWatch(clients.table, toWatch(input));
      // A newer attempt has taken over: its own look follows its token.
      if (stored.token !== input.token) return { kind: 'overtaken' };
      const { twin } = stored;
      const seen = { atMs: deps.clock.now(), source: 'event of ECS' };
      if (twin === '') {
        if (await makeRoom(clients, stored, input.rollout, deps.clock.now())) return { kind: 'superseded' };
        await appendHistory(clients.table, stored.service, [bakeLine(input.rollout, input.attempt.enteredAt)]);
        return { kind: 'waiting' };
      }
      const news = await readNews(clients.table, twin);
      const ours = news?.deploymentId === stored.twins[twin]?.deployment.id ? news : undefined;
      if (ours?.kind === 'completed') {
        const reason = `ECS told that the deployment of ${twin} completed`;
        await concludeWatch(clients, stored, { kind: 'done', reason }, seen);
        return { kind: 'done' };
      }
      if (!sweep && !ours) return { kind: 'waiting' };
      return { kind: (await lookAtTwin(clients, stored, twin, deps.clock.now(), sweep)).kind };
    },
    summary: ({ rollout, kind }, output) => ({ rollout: rollout.rolloutId, for: kind, outcome: output.kind }),
  });
};
