import { z } from 'zod';
import { countCalls, describeTwins, updateTwin } from '../adapters/ecs.ts';
import { appendHistory } from '../adapters/history.ts';
import { readControl } from '../adapters/records.ts';
import { executionRuns } from '../adapters/sfn.ts';
import { changeItem, countKey } from '../adapters/table.ts';
import { type CountsSet, rememberCount } from '../core/counts-set.ts';
import { checkBurst, checkFence } from '../core/fence.ts';
import { hasArrived, needsNewDeployment } from '../core/judge-twin.ts';
import { mayTakeBack } from '../core/rollout-plan.ts';
import { leftLine, movedLine } from '../core/rollout-story.ts';
import { type Control, CountMove, type Deployment, Failure, Rollout, Step } from '../core/state.ts';
import { newerStart, supersededBy } from '../core/take-lease.ts';
import { isoNow } from '../runtime/clock.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('forward'), rollout: Rollout, step: Step }),
  z.object({ kind: z.literal('back'), rollout: Rollout, step: Step, failure: Failure }),
  z.object({
    kind: z.literal('burst'),
    service: z.string(),
    burstId: z.string(),
    executionArn: z.string(),
    move: CountMove,
  }),
  z.object({ kind: z.literal('scale'), service: z.string(), move: CountMove }),
]);
type Input = z.infer<typeof Input>;

export type MoveTwinOutput =
  | {
      /** `arrived`: all its tasks run there already, so there is nothing to wait for. */
      readonly kind: 'moved' | 'arrived';
      readonly twin: string;
      readonly desiredCount: number;
      readonly deployment: Deployment;
      readonly ecsCalls: number;
    }
  /** A newer start waits, and no wave is under way: it takes over here. */
  | { readonly kind: 'superseded'; readonly failure: Failure }
  /** On the way back: the twin is someone else's now, or gone, as the verdict says, and was not touched. */
  | { readonly kind: 'left'; readonly twin: string; readonly reason: string; readonly ecsCalls: number }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly ecsCalls: number };

/**
 * The one function that calls UpdateService on a running system. `UpdateService` knows no condition, so the fence is read
 * right before it, and its client sends one attempt with a short timeout: whoever takes a lease over waits that out.
 */
export const create = (deps: Dependencies<'ecs' | 'dynamodb' | 'sfn'>): WrappedHandler<MoveTwinOutput> => {
  const env = readEnvironment(deps.env, 'move-twin', ['TABLE_NAME', 'CLUSTER_NAME']);
  const table = { client: deps.clients.dynamodb, name: env.TABLE_NAME };

  const readHeld = async (input: Exclude<Input, { kind: 'scale' }>): Promise<Control> => {
    const service = input.kind === 'burst' ? input.service : input.rollout.service;
    const control = await readControl(table, service);
    if (input.kind === 'burst') checkBurst(control, input);
    else checkFence(control, input.rollout);
    return control;
  };

  /** Before each wave nothing is on its way, so a newer start may take over: one that still runs, or nobody would. */
  const roomFor = async (control: Control, rollout: Rollout): Promise<Failure | undefined> => {
    const newer = newerStart(control, rollout);
    if (!newer || !(await executionRuns(deps.clients.sfn, newer.executionArn, newer.startedAt, deps.clock.now()))) {
      return undefined;
    }
    return supersededBy(newer);
  };

  const run = async (input: Input): Promise<MoveTwinOutput> => {
    const ecs = countCalls({ client: deps.clients.ecs, cluster: env.CLUSTER_NAME });
    /** A count is remembered before it is set: one that is not ours was somebody else's doing. */
    const move = async (
      twin: string,
      to: { readonly taskDefinition?: string; readonly desiredCount?: number; readonly anew?: boolean },
    ): Promise<MoveTwinOutput> => {
      const { desiredCount } = to;
      if (desiredCount !== undefined) {
        await changeItem<CountsSet>(table, countKey(twin), (old) =>
          rememberCount(old, twin, desiredCount, deps.clock.now()),
        );
      }
      let moved = await updateTwin(ecs, { twin, ...to });
      // ECS gave its deployment up while its site was away, and asking for the same task definition has changed nothing.
      if (moved && !to.anew && needsNewDeployment(moved.observed, to.taskDefinition ?? '')) {
        if (input.kind !== 'scale') await readHeld(input);
        moved = await updateTwin(ecs, { twin, ...to, anew: true });
      }
      if (moved) {
        const { observed, deployment } = moved;
        const arrived = hasArrived(observed, to.taskDefinition ?? '');
        const kind = arrived ? 'arrived' : 'moved';
        return { kind, twin, desiredCount: observed.desiredCount, deployment, ecsCalls: ecs.calls() };
      }
      const reason = `The ECS service ${twin} does not exist any more.`;
      const failure = { kind: 'twin', twin, cause: 'service-deleted', reason, leave: true } as const;
      return { kind: 'failed', failure, ecsCalls: ecs.calls() };
    };

    /** After the write, so that nothing is late for it; a move that is repeated finds its deployment, and its line. */
    const tell = async (
      { kind: way, rollout, step }: Extract<Input, { kind: 'forward' | 'back' }>,
      output: MoveTwinOutput,
    ): Promise<MoveTwinOutput> => {
      const at = isoNow(deps.clock);
      if (output.kind === 'moved' || output.kind === 'arrived')
        await appendHistory(table, rollout.service, [movedLine(rollout, step, way, output, at)]);
      if (output.kind === 'left')
        await appendHistory(table, rollout.service, [leftLine(rollout, output.twin, output.reason, at)]);
      return output;
    };

    switch (input.kind) {
      case 'forward': {
        const failure = await roomFor(await readHeld(input), input.rollout);
        if (failure) return { kind: 'superseded', failure };
        return tell(input, await move(input.step.twin, input.step.to));
      }
      case 'back': {
        const { step, failure } = input;
        const { twin } = step;
        const verdictTellsOfOne = failure.kind === 'twin' && failure.leave;
        if (verdictTellsOfOne && failure.twin === twin) {
          return tell(input, { kind: 'left', twin, reason: failure.reason, ecsCalls: 0 });
        }
        // Any other verdict says that every twin is back, which a twin that was only left alone would make a lie.
        const leave = (cause: 'service-deleted' | 'changed-by-someone-else', reason: string): MoveTwinOutput =>
          verdictTellsOfOne
            ? { kind: 'left', twin, reason, ecsCalls: ecs.calls() }
            : { kind: 'failed', failure: { kind: 'twin', twin, cause, reason, leave: true }, ecsCalls: ecs.calls() };
        const observed = (await describeTwins(ecs, [twin])).get(twin);
        if (!observed?.active) return tell(input, leave('service-deleted', `${twin} does not exist any more.`));
        const running = observed.primary?.taskDefinition;
        if (!mayTakeBack(step, running)) {
          return tell(
            input,
            leave('changed-by-someone-else', `${twin} runs ${running}, which is not of this rollout.`),
          );
        }
        await readHeld(input);
        // Also while its site may be away, which nobody has asked yet: agents flap, and until this write ECS would go on with the
        // failed release as soon as they answer.
        const anew = needsNewDeployment(observed, step.back.taskDefinition);
        return tell(input, await move(twin, { ...step.back, anew }));
      }
      case 'burst':
        await readHeld(input);
        return move(input.move.twin, { desiredCount: input.move.desiredCount });
      case 'scale':
        // An operator's change of a count needs no lease: rollouts do not touch counts, and bursts decide anew at each look.
        return move(input.move.twin, { desiredCount: input.move.desiredCount });
    }
  };

  return wrapHandler({
    folder: 'move-twin',
    env: deps.env,
    input: Input,
    run,
    summary: ({ kind }, output) => ({ for: kind, ...output }),
  });
};
