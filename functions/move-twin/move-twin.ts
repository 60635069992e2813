import { z } from 'zod';
import { describeTwins, updateTwin } from '../adapters/ecs.ts';
import { readControl } from '../adapters/records.ts';
import { ExpectedFailure } from '../core/errors.ts';
import { mayTakeBack } from '../core/rollout-plan.ts';
import { CountMove, type Deployment, Failure, Rollout, Step } from '../core/state.ts';
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
      readonly kind: 'moved';
      readonly twin: string;
      readonly taskDefinition?: string;
      readonly desiredCount?: number;
      readonly deployment: Deployment;
    }
  /** On the way back: the twin is someone else's now, or gone, as the verdict says, and was not touched. */
  | { readonly kind: 'left'; readonly twin: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * The one function that calls UpdateService on a running system. `UpdateService` knows no condition, so the fence is read
 * right before it, and its client sends one attempt with a short timeout: whoever takes a lease over waits that out.
 */
export const create = (deps: Dependencies<'ecs' | 'dynamodb'>): WrappedHandler<MoveTwinOutput> => {
  const env = readEnvironment(deps.env, 'move-twin', ['TABLE_NAME', 'CLUSTER_NAME']);
  const table = { client: deps.clients.dynamodb, name: env.TABLE_NAME };
  const ecs = { client: deps.clients.ecs, cluster: env.CLUSTER_NAME };

  const checkFence = async (input: Input): Promise<void> => {
    // An operator's change of a count needs no lease: rollouts do not touch counts, and bursts decide anew at each look.
    if (input.kind === 'scale') return;
    const service = input.kind === 'burst' ? input.service : input.rollout.service;
    const control = await readControl(table, service);
    const holds =
      input.kind === 'burst'
        ? control.burst?.burstId === input.burstId && control.burst.executionArn === input.executionArn
        : control.rollout?.rolloutId === input.rollout.rolloutId && control.fence === input.rollout.fence;
    if (!holds) {
      const holder = input.kind === 'burst' ? control.burst?.executionArn : control.rollout?.executionArn;
      throw new ExpectedFailure('FenceLost', `${service} is held by ${holder ?? 'nobody'} now.`);
    }
  };

  const move = async (
    twin: string,
    to: { readonly taskDefinition?: string; readonly desiredCount?: number },
  ): Promise<MoveTwinOutput> => {
    const deployment = await updateTwin(ecs, { twin, ...to });
    if (deployment) return { kind: 'moved', twin, ...to, deployment };
    const reason = `The ECS service ${twin} does not exist any more.`;
    return { kind: 'failed', failure: { kind: 'twin', twin, cause: 'service-deleted', reason, leave: true } };
  };

  const run = async (input: Input): Promise<MoveTwinOutput> => {
    switch (input.kind) {
      case 'forward':
        await checkFence(input);
        return move(input.step.twin, input.step.to);
      case 'back': {
        const { step, failure } = input;
        const { twin } = step;
        const verdictTellsOfOne = failure.kind === 'twin' && failure.leave;
        if (verdictTellsOfOne && failure.twin === twin) return { kind: 'left', twin, reason: failure.reason };
        // Any other verdict says that every twin is back, which a twin that was only left alone would make a lie.
        const leave = (cause: 'service-deleted' | 'changed-by-someone-else', reason: string): MoveTwinOutput =>
          verdictTellsOfOne
            ? { kind: 'left', twin, reason }
            : { kind: 'failed', failure: { kind: 'twin', twin, cause, reason, leave: true } };
        const observed = (await describeTwins(ecs, [twin])).get(twin);
        if (!observed?.active) return leave('service-deleted', `${twin} does not exist any more.`);
        const running = observed.primary?.taskDefinition;
        if (!mayTakeBack(step, running)) {
          return leave('changed-by-someone-else', `${twin} runs ${running}, which is not of this rollout.`);
        }
        await checkFence(input);
        return move(twin, step.back);
      }
      case 'burst':
      case 'scale':
        await checkFence(input);
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
