import type { BurstInvariant } from '../invariant.ts';

export const capIsKept = (): BurstInvariant => ({
  rule: 'no count is set beyond its cap',
  onWrite: ({ world }) =>
    (['external', 'fargate'] as const).flatMap((capacity) => {
      const { twin, desired } = world.truth(capacity);
      return desired <= world.most(capacity) ? [] : [`${twin} is to have ${desired} of ${world.most(capacity)} tasks`];
    }),
});
