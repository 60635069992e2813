import { paidSecondsMin } from '../../../functions/core/aws-prices.ts';
import type { BurstFacts } from './burst-facts.ts';

/** From when to when a Fargate task is paid for, in epoch milliseconds. */
export interface PaidSpan {
  readonly fromMs: number;
  /** When the task was gone, which may be sooner than it is paid for. */
  readonly goneMs: number;
  readonly toMs: number;
}

/**
 * What AWS bills of the Fargate twin, or of its tasks of one capacity provider, by its own times: from the start of each pull to
 * the stop, and a minute at least.
 */
export const paidSpans = ({ world }: BurstFacts, provider?: string): readonly PaidSpan[] =>
  [...world.fargateTasks.values()].flatMap(({ pullStartedAt, stoppedAt, capacityProviderName }) => {
    if (pullStartedAt === undefined || (provider !== undefined && capacityProviderName !== provider)) return [];
    const fromMs = Date.parse(String(pullStartedAt));
    const goneMs = stoppedAt === undefined ? world.now() : Date.parse(String(stoppedAt));
    return [{ fromMs, goneMs, toMs: Math.max(goneMs, fromMs + 1_000 * paidSecondsMin) }];
  });

/** Seconds of tasks beyond `base` that are paid for in this time. */
export const paidSecondsBetween = (spans: readonly PaidSpan[], base: number, fromMs: number, toMs: number): number => {
  const edges = spans
    .flatMap((span) => [
      { atMs: Math.max(fromMs, span.fromMs), by: 1 },
      { atMs: Math.min(toMs, span.toMs), by: -1 },
    ])
    .filter((_, index, all) => (all[index - (index % 2)]?.atMs ?? 0) < (all[index - (index % 2) + 1]?.atMs ?? 0))
    .sort((a, b) => a.atMs - b.atMs);
  let paid = 0;
  let tasks = 0;
  let lastMs = fromMs;
  for (const { atMs, by } of edges) {
    paid += Math.max(0, tasks - base) * (atMs - lastMs);
    tasks += by;
    lastMs = atMs;
  }
  return paid / 1_000;
};
