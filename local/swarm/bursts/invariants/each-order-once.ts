import type { BurstInvariant } from '../invariant.ts';

/** Counted by the id of the order, twice over: by the answers that workers got, and in what is stored. */
export const eachOrderOnce = (): BurstInvariant => ({
  rule: 'every order is processed, and none twice',
  onOrder: (_facts, { id, effects }) =>
    effects.length <= 1
      ? []
      : [`${id} had its effect on ${effects.map(({ taskArn }) => taskArn.split('/').at(-1)).join(' and ')}`],
  atRest: ({ world }) =>
    [...world.orders.values()].flatMap(({ id, effects, receives }) => {
      const stored = world.item(id)?.effects ?? 0;
      // An answer that a dying worker never got tells of no effect, which is stored all the same.
      return stored === 1 && effects.length <= 1
        ? []
        : [`${id}, received ${receives} times, had ${stored} effects in store and ${effects.length} by its workers`];
    }),
});
