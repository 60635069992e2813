import { z } from 'zod';
import { raisedAlarms } from '../adapters/cloudwatch.ts';
import { countCalls, describeTwins, readRunningTasks, readStopped } from '../adapters/ecs.ts';
import { appendHistory } from '../adapters/history.ts';
import { readDepths } from '../adapters/sqs.ts';
import { countKey, readItem } from '../adapters/table.ts';
import { type CountsSet, countsOfOurs } from '../core/counts-set.ts';
import { ExpectedFailure } from '../core/errors.ts';
import { judgeProof, mayHaveStopped, type ProofJudgement, type SeenTwin } from '../core/judge-proof.ts';
import { judgeWatched } from '../core/judge-watched.ts';
import { bakesOnLine, provedLine } from '../core/rollout-story.ts';
import { Baseline, type Failure, Moved, type ProvedTwin, Rollout, Step } from '../core/state.ts';
import { countOf } from '../core/unseen-seconds.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.object({
  rollout: Rollout,
  steps: z.array(Step).readonly(),
  moves: z.array(Moved).readonly(),
  /** When the last twin had arrived, in epoch milliseconds. */
  bakeFrom: z.number(),
  baseline: Baseline,
  /** Twins that rest at count 0 and on which a probe proved the release. */
  probed: z.array(z.string()).readonly(),
});

export type ProveReleaseOutput =
  | { readonly kind: 'proved'; readonly twins: readonly ProvedTwin[]; readonly ecsCalls: number }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly ecsCalls: number }
  | (Extract<ProofJudgement, { kind: 'bakes-on' }> & { readonly ecsCalls: number });

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
 * whether they have lived through the bake, and whether alarms are quiet and no dead-letter queue has grown. The stopped tasks
 * are read only where what runs hints at some.
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
    run: async ({ rollout, steps, moves, bakeFrom, baseline, probed }) => {
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
        const startedMs = Date.parse(rollout.startedAt);
        const sinceMs = Math.max(startedMs, found?.primary?.createdAtMs ?? 0);
        const look: SeenTwin = {
          step,
          observed: found,
          tasks: tasks.get(twin) ?? [],
          probed: probed.includes(twin),
          countsSet: countsOfOurs(set, deps.clock.now()),
          started: countOf((found?.starts ?? []).filter(({ atMs }) => atMs >= sinceMs)),
          stopped: undefined,
        };
        const deployments = [
          ...moves.flatMap((move) => (move.twin === twin ? move.deployment.id : [])),
          ...(found?.primary ? [found.primary.id] : []),
        ];
        const asks = moved && mayHaveStopped(look, bakeFrom);
        seen.push(asks ? { ...look, stopped: await readStopped(ecs, twin, deployments, startedMs) } : look);
      }
      const judgement = judgeProof(seen, rollout, { ...rollout, bakeFromMs: bakeFrom }, deps.clock.now());
      if (judgement.kind === 'unsettled') throw new ExpectedFailure('NotSettled', judgement.reason);
      if (judgement.kind === 'failed') return { ...judgement, ecsCalls: ecs.calls() };
      const at = new Date(deps.clock.now()).toISOString();
      if (judgement.kind === 'bakes-on') {
        await appendHistory(table, rollout.service, [bakesOnLine(rollout, judgement, at)]);
        return { ...judgement, ecsCalls: ecs.calls() };
      }
      const failure = judgeWatched(baseline, {
        raised: await raisedAlarms(clients.cloudwatch, rollout.alarms),
        deadLetters: await readDepths(clients.sqs, rollout.deadLetterQueues),
      });
      if (failure) return { kind: 'failed' as const, failure, ecsCalls: ecs.calls() };
      await appendHistory(table, rollout.service, [provedLine(rollout, judgement.twins, digestsOf(seen), at)]);
      return { ...judgement, ecsCalls: ecs.calls() };
    },
    summary: ({ rollout }, output) => ({ rollout: rollout.rolloutId, ...output }),
  });
};
