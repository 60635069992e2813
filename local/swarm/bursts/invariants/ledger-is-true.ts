import { paidSecondsMin } from '../../../../functions/core/aws-prices.ts';
import type { BurstFacts } from '../burst-facts.ts';
import { type PaidSpan, paidSecondsBetween, paidSpans } from '../fargate-truth.ts';
import type { BurstInvariant } from '../invariant.ts';

/**
 * The ledger counts tasks at its looks, takes off ten seconds for each start and adds as much for each stop, so of each task it may
 * miss half a look; and a twentieth, since looks and stale reads are not all alike. What a task of an earlier burst, spared at its
 * work, is paid before the first look shows in no count. A burst that could not look to its end says so in its cause.
 */
const secondsATask = 10;
const share = 0.05;
/** For so long after its end a burst's last tasks may still be on their way out. */
const leavingMs = 60_000;

export const ledgerIsTrue = (): BurstInvariant => ({
  rule: 'the Fargate seconds of the ledgers are those that AWS bills',
  atRest: (facts, bursts) => {
    const { world } = facts;
    const spans = paidSpans(facts);
    const began = bursts
      .filter(({ ledger }) => ledger !== undefined)
      .map(({ burstId, startedAt, endedAt = '', cause, ledger }) => ({
        cause,
        burstId,
        fromMs: Date.parse(startedAt),
        endMs: Date.parse(endedAt),
        ledger,
      }))
      .sort((a, b) => a.fromMs - b.fromMs);
    return began.flatMap(({ burstId, cause, fromMs, endMs, ledger }, index) => {
      if (cause === 'controller-error') return [];
      const toMs = Math.min(endMs + leavingMs, began[index + 1]?.fromMs ?? world.now());
      // The last of its tasks may be paid for when the next burst has begun, whose own tasks are none of it.
      const until = spans.filter((span) => span.fromMs < toMs);
      const billed = paidSecondsBetween(until, world.base('fargate'), fromMs, endMs + leavingMs);
      const paid = ledger?.fargateSeconds.paid ?? 0;
      const starts = spans.filter((span) => span.fromMs >= fromMs && span.fromMs < toMs).length;
      const before = spans.filter((span) => span.fromMs < fromMs && span.toMs > fromMs);
      const earlier = paidSecondsBetween(before, world.base('fargate'), fromMs, endMs + leavingMs);
      // Those of a rollout, too, and those that were taken away before their pull, which is what is billed.
      const created = [...world.fargateTasks.values()].filter(({ createdAt }) => {
        const atMs = Date.parse(String(createdAt));
        return atMs >= fromMs && atMs < toMs;
      }).length;
      const tasks = before.length + created;
      // Which task went no count says: the ledger takes it for the newest, with most of its minute left, and it may be an old one.
      const killed = facts.deeds.filter(
        (deed) => (deed.kind === 'kill' || deed.kind === 'stop-task') && deed.fromMs <= toMs && deed.toMs >= fromMs,
      ).length;
      const older = paidSecondsMin * (killed + world.base('fargate'));
      const may = secondsATask * tasks + share * billed + unlooked(facts, spans, fromMs, endMs) + earlier + older;
      return Math.abs(paid - billed) <= may
        ? []
        : [`${burstId} says ${paid} s, and ${Math.round(billed)} s were billed in ${starts} starts`];
    });
  },
});

/**
 * Seconds by which the mean of before and after may be off where nobody looked for longer than a look takes: half of the most
 * tasks that there were meanwhile, for so long.
 */
const unlooked = (
  { looksMs, world }: BurstFacts,
  spans: readonly PaidSpan[],
  fromMs: number,
  endMs: number,
): number => {
  // A look takes seconds itself.
  const usualMs = 1_500 * (world.shape.burst.lookSeconds ?? 10);
  const looks = [fromMs, ...looksMs.filter((atMs) => atMs > fromMs && atMs < endMs), endMs];
  return looks.slice(1).reduce((seconds, atMs, index) => {
    const beforeMs = looks[index] ?? atMs;
    const most = spans.filter((span) => span.fromMs < atMs && span.goneMs > beforeMs).length;
    return seconds + (most * Math.max(0, atMs - beforeMs - usualMs)) / 2 / 1_000;
  }, 0);
};
