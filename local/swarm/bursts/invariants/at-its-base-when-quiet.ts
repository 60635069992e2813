import { describeTruth } from '../../../rollouts/ground-truth.ts';
import type { BurstInvariant } from '../invariant.ts';

export const atItsBaseWhenQuiet = (): BurstInvariant => ({
  rule: 'both twins are at their base when it is quiet',
  atRest: ({ world }) =>
    (['external', 'fargate'] as const).flatMap((capacity) => {
      const truth = world.truth(capacity);
      const running = truth.tasks.filter((task) => task.running).length;
      const base = world.base(capacity);
      return truth.desired === base && running === base && truth.tasks.length === base
        ? []
        : [`${describeTruth(truth)}, ${truth.tasks.length} tasks in all, of a base of ${base}`];
    }),
});
