import { z } from 'zod';
import { type ClusterClient, describeTwins, readRunningTasks } from '../adapters/ecs.ts';
import { ExpectedFailure } from '../core/errors.ts';
import { judgeProof, type SeenTwin } from '../core/judge-proof.ts';
import { type Failure, type ProvedTwin, Rollout, Step } from '../core/state.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.object({ rollout: Rollout, steps: z.array(Step).readonly() });

export type ProveReleaseOutput =
  | { readonly kind: 'proved'; readonly twins: readonly ProvedTwin[] }
  | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * Reads the digests of the containers that run on every twin.
 * @throws ExpectedFailure `NotSettled` while what ECS answers does not fit together.
 */
export const create = (deps: Dependencies<'ecs'>): WrappedHandler<ProveReleaseOutput> => {
  const env = readEnvironment(deps.env, 'prove-release', ['CLUSTER_NAME']);
  const ecs: ClusterClient = { client: deps.clients.ecs, cluster: env.CLUSTER_NAME };

  return wrapHandler({
    folder: 'prove-release',
    env: deps.env,
    input: Input,
    run: async ({ rollout, steps }) => {
      const observed = await describeTwins(
        ecs,
        steps.map(({ twin }) => twin),
      );
      const seen: SeenTwin[] = [];
      for (const step of steps) {
        const twin = observed.get(step.twin);
        const tasks = twin && twin.runningCount > 0 ? await readRunningTasks(ecs, step.twin) : [];
        seen.push({ step, observed: twin, tasks });
      }
      const judgement = judgeProof(seen, rollout);
      if (judgement.kind === 'unsettled') throw new ExpectedFailure('NotSettled', judgement.reason);
      return judgement;
    },
    summary: ({ rollout }, output) => ({ rollout: rollout.rolloutId, ...output }),
  });
};
