import { z } from 'zod';
import { storeWait, type TwinWait, watchTwin } from '../adapters/twin-wait.ts';
import { Deployment, Rollout, Step } from '../core/state.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.object({
  kind: z.enum(['forward', 'back']),
  token: z.string().min(1),
  attempt: z.object({ enteredAt: z.string(), retryCount: z.number() }),
  rollout: Rollout,
  step: Step,
  deployment: Deployment,
  deadlineAt: z.string(),
});
type Input = z.infer<typeof Input>;

export interface AwaitTwinOutput {
  readonly kind: string;
}

const toWait = ({ kind, token, attempt, rollout, step, deployment, deadlineAt }: Input): TwinWait => {
  const place = kind === 'forward' ? step.to : step.back;
  return {
    twin: step.twin,
    rolloutId: rollout.rolloutId,
    direction: kind,
    token,
    attempt,
    failures: {},
    limits: {
      taskDefinition: place.taskDefinition,
      deployment,
      // On the way back our own move forward may still be under way, when its answer was lost.
      overtaken: kind === 'forward' ? step.overtaken : [...step.overtaken, step.to.taskDefinition],
      failedTasksMax: rollout.failedTasksMax,
      deadlineMs: Date.parse(deadlineAt),
      failFast: kind === 'forward',
    },
  };
};

/**
 * Begins a wait. The token is stored first and the twin read after it: an event that came before the token is seen by
 * the read, one that comes later finds the token.
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
      const { stored, sweep } = await storeWait(clients.table, toWait(input));
      // A newer attempt has taken over: its own read follows its token.
      if (stored.token !== input.token) return { kind: 'overtaken' };
      return { kind: (await watchTwin(clients, stored, deps.clock.now(), sweep)).kind };
    },
    summary: ({ rollout, step, kind }, output) => ({
      rollout: rollout.rolloutId,
      twin: step.twin,
      direction: kind,
      outcome: output.kind,
    }),
  });
};
