import { type BurstInvariant, countChangeOf } from '../invariant.ts';

/** Whoever took the lease later goes on: once it has set a count, no earlier holder may set one any more. */
export const oneActsAtATime = (): BurstInvariant => {
  let newest = -1;
  return {
    rule: 'never two bursts of one service act at once',
    onWrite: ({ holders }, call) => {
      const change = countChangeOf(call);
      if (!change) return [];
      const place = holders.lastIndexOf(change.executionArn);
      const name = change.executionArn.split(':').at(-1);
      const what = `${name} set ${change.move.twin} to ${change.move.desiredCount}`;
      if (place < 0) return [`${what} and never held the lease`];
      if (place < newest) return [`${what} after ${holders[newest]?.split(':').at(-1)}, which took over from it`];
      newest = place;
      return [];
    },
  };
};
