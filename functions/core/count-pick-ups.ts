import type { WorkerReport } from './observed-burst.ts';
import { risen, toldUntil } from './read-workers.ts';
import type { BurstMemory } from './state.ts';

type Counts = BurstMemory['counts'];
export type Told = NonNullable<BurstMemory['told']>;

export interface CountedPickUps {
  /** Messages picked up until now since the burst began, the last seconds by guess. */
  readonly pickedUp: number;
  /** The earlier counts, with what is known by now of the pick-ups until each of them. */
  readonly counts: Counts;
  /** Up to where every task has told of itself, and the messages picked up until then: from here on nothing changes. */
  readonly told: Told;
}

/**
 * Adds pick-ups up. What tasks have not told of yet is guessed, and counted anew once they have: guesses that were
 * never put right would add up to arrivals that nobody sent.
 */
export const countPickUps = (
  memory: Pick<BurstMemory, 'counts' | 'told'>,
  workers: readonly WorkerReport[],
  pacePerSlot: number | undefined,
  nowMs: number,
): CountedPickUps => {
  const untilMs = Math.max(toldUntil(workers, nowMs), memory.told?.atMs ?? 0);
  const before = memory.told ?? { atMs: untilMs, pickedUp: 0 };
  const counter = { read: ({ pickUps }: { readonly pickUps: number }) => pickUps, pacePerSlot };
  const since = (atMs: number): number => before.pickedUp + risen(workers, counter, before.atMs, atMs, nowMs);
  return {
    pickedUp: since(nowMs),
    counts: memory.counts.map((count) =>
      count.atMs > before.atMs ? { ...count, pickedUp: since(count.atMs) } : count,
    ),
    told: { atMs: untilMs, pickedUp: since(untilMs) },
  };
};
