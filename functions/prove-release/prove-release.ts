import { z } from 'zod';
import { raisedAlarms } from '../adapters/cloudwatch.ts';
import { countCalls, describeTwins, readRunningTasks } from '../adapters/ecs.ts';
import { appendHistory } from '../adapters/history.ts';
import { readDepths } from '../adapters/sqs.ts';
import { countKey, readItem } from '../adapters/table.ts';
import { type CountsSet, countsOfOurs } from '../core/counts-set.ts';
import { ExpectedFailure } from '../core/errors.ts';
import { judgeProof, type SeenTwin } from '../core/judge-proof.ts';
import { judgeWatched } from '../core/judge-watched.ts';
import { provedLine } from '../core/rollout-story.ts';
import { Baseline, type Failure, type ProvedTwin, Rollout, Step } from '../core/state.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.object({
  rollout: Rollout,
  steps: z.array(Step).readonly(),
  baseline: Baseline,
  /** Twins that rest at count 0 and on which a probe proved the release. */
  probed: z.array(z.string()).readonly(),
});

export type ProveReleaseOutput =
  | { readonly kind: 'proved'; readonly twins: readonly ProvedTwin[]; readonly ecsCalls: number }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly ecsCalls: number };

/** What the running containers of each twin told, each digest once. */
const digestsOf = (seen: readonly SeenTwin[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    seen.map(({ step, tasks }) => {
      const told = tasks.flatMap(({ images }) => images.flatMap(({ digest }) => digest ?? []));
      return [step.twin, [...new Set(told)]];
    }),
  );

/**
 * The one look at the end of the bake: which task definition is primary on every twin, which digests its containers run,
 * and whether alarms are quiet and no dead-letter queue has grown.
 * @throws ExpectedFailure `NotSettled` while what ECS answers does not fit together.
 */
export const create = (
  deps: Dependencies<'ecs' | 'dynamodb' | 'sqs' | 'cloudwatch'>,
): WrappedHandler<ProveReleaseOutput> => {
  const env = readEnvironment(deps.env, 'prove-release', ['CLUSTER_NAME', 'TABLE_NAME']);
  const { clients } = deps;
  const table = { client: clients.dynamodb, name: env.TABLE_NAME };

  return wrapHandler({
    folder: 'prove-release',
    env: deps.env,
    input: Input,
    run: async ({ rollout, steps, baseline, probed }) => {
      const ecs = countCalls({ client: clients.ecs, cluster: env.CLUSTER_NAME });
      const observed = await describeTwins(
        ecs,
        steps.map(({ twin }) => twin),
      );
      const running = [...observed.values()].filter(({ runningCount }) => runningCount > 0);
      // Late reads show before the tasks are asked for, which costs more calls.
      const moved = steps.every(({ twin, to }) => observed.get(twin)?.primary?.taskDefinition === to.taskDefinition);
      const tasks = moved && running.length > 0 ? await readRunningTasks(ecs, running) : new Map();
      const seen: SeenTwin[] = [];
      for (const step of steps) {
        const { twin, desiredCount } = step;
        const found = observed.get(twin);
        const changed = found !== undefined && found.desiredCount !== desiredCount;
        const set = changed ? (await readItem<CountsSet>(table, countKey(twin)))?.item : undefined;
        seen.push({
          step,
          observed: found,
          tasks: tasks.get(twin) ?? [],
          probed: probed.includes(twin),
          countsSet: countsOfOurs(set, deps.clock.now()),
        });
      }
      const judgement = judgeProof(seen, rollout);
      if (judgement.kind === 'unsettled') throw new ExpectedFailure('NotSettled', judgement.reason);
      if (judgement.kind === 'failed') return { ...judgement, ecsCalls: ecs.calls() };
      const failure = judgeWatched(baseline, {
        raised: await raisedAlarms(clients.cloudwatch, rollout.alarms),
        deadLetters: await readDepths(clients.sqs, rollout.deadLetterQueues),
      });
      if (failure) return { kind: 'failed' as const, failure, ecsCalls: ecs.calls() };
      const at = new Date(deps.clock.now()).toISOString();
      await appendHistory(table, rollout.service, [provedLine(rollout, judgement.twins, digestsOf(seen), at)]);
      return { ...judgement, ecsCalls: ecs.calls() };
    },
    summary: ({ rollout }, output) => ({ rollout: rollout.rolloutId, ...output }),
  });
};
