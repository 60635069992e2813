import type { BurstFacts } from '../burst-facts.ts';
import type { Order, RunningWorker } from '../burst-world.ts';
import type { BurstInvariant } from '../invariant.ts';

/** A message that is not kept invisible shows again after so long: what was cut off by then is in other hands rightly. */
const visibilityMs = 30_000;

/** Another worker that lives, was not cut off, and is at work on the same order: it has not kept the message invisible. */
const otherHands = (facts: BurstFacts, { id, effects }: Order, worker: RunningWorker): RunningWorker | undefined => {
  const sinceMs = facts.world.now() - 2 * visibilityMs;
  if (effects.length > 0 || facts.wasDone('cut', sinceMs) || facts.wasDone('power', sinceMs)) return undefined;
  return [...facts.world.workers.values()].find(
    (other) => other !== worker && other.alive && [...other.held.values()].includes(id),
  );
};

/** Counted by the id of the order, twice over: by the answers that workers got, and in what is stored. */
export const eachOrderOnce = (): BurstInvariant => ({
  rule: 'every order is processed, and none twice',
  onOrder: (facts, order, worker) => {
    const { id, effects } = order;
    const other = otherHands(facts, order, worker);
    return [
      ...(effects.length <= 1
        ? []
        : [`${id} had its effect on ${effects.map(({ taskArn }) => taskArn.split('/').at(-1)).join(' and ')}`]),
      ...(other ? [`${id} is in the hands of ${worker.taskArn} while ${other.taskArn} works on it`] : []),
    ];
  },
  atRest: ({ world }) =>
    [...world.orders.values()].flatMap(({ id, effects, receives }) => {
      const stored = world.item(id)?.effects ?? 0;
      // An answer that a dying worker never got tells of no effect, which is stored all the same.
      return stored === 1 && effects.length <= 1
        ? []
        : [`${id}, received ${receives} times, had ${stored} effects in store and ${effects.length} by its workers`];
    }),
});
