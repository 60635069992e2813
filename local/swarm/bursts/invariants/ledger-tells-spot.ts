import type { BurstFacts } from '../burst-facts.ts';
import { paidSecondsBetween, paidSpans } from '../fargate-truth.ts';
import type { BurstInvariant } from '../invariant.ts';

/**
 * A look gives Spot the part of the seconds since the last one that its tasks have of those that are there, so a task that comes or
 * goes between two looks may be taken for one of the other kind for a look, also one that is stopped before its pull and billed
 * nothing. The rest of the paid minute of a task that ends early shows in no count.
 */
const secondsATask = 30;
const share = 0.15;
/** For so long after its end a burst's last tasks may still be on their way out. */
const leavingMs = 60_000;
/** What was taken back so shortly before the end may be told later. */
const toldMs = 60_000;

export const ledgerTellsSpot = (): BurstInvariant => ({
  rule: 'the ledgers tell what ran on Spot and what AWS took back, each task once',
  atRest: (facts, bursts) => {
    const { world, looksMs } = facts;
    const spans = paidSpans(facts, 'FARGATE_SPOT');
    const began = bursts
      .filter(({ ledger, cause }) => ledger !== undefined && cause !== 'controller-error')
      .sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
    return began.flatMap(({ burstId, startedAt, endedAt = '', ledger }, index) => {
      const [fromMs, endMs] = [Date.parse(startedAt), Date.parse(endedAt)];
      const looks = looksMs.filter((atMs) => atMs >= fromMs && atMs <= endMs);
      const told = ledger?.spot?.takenBack ?? 0;
      const least = takenBetween(facts, looks[1] ?? endMs, endMs - toldMs);
      const most = takenBetween(facts, fromMs, endMs);
      const next = began[index + 1];
      const toMs = Math.min(endMs + leavingMs, next ? Date.parse(next.startedAt) : world.now());
      const billed = paidSecondsBetween(spans, 0, fromMs, toMs);
      const paid = ledger?.spot?.paidSeconds ?? 0;
      const within = spans.filter((span) => span.fromMs < toMs && span.toMs > fromMs);
      const unseenMs = within.reduce((sum, span) => sum + Math.max(0, span.toMs - span.goneMs), 0);
      const longestMs = Math.max(0, ...looks.map((atMs, at) => (looks[at + 1] ?? endMs) - atMs));
      const tasks = countedBetween(facts, fromMs, toMs);
      const may = (secondsATask + longestMs / 1_000) * tasks + unseenMs / 1_000 + share * billed;
      return [
        ...(told < least || told > most
          ? [`${burstId} says that AWS took ${told} tasks back, and it took ${least} to ${most}`]
          : []),
        ...(Math.abs(paid - billed) > may
          ? [`${burstId} says ${paid} s on Spot, and ${Math.round(billed)} s were billed`]
          : []),
      ];
    });
  },
});

/** Tasks on Spot that ECS had in this time. */
const countedBetween = ({ world }: BurstFacts, fromMs: number, toMs: number): number =>
  [...world.fargateTasks.values()].filter(
    ({ capacityProviderName, createdAt, stoppedAt }) =>
      capacityProviderName === 'FARGATE_SPOT' &&
      Date.parse(String(createdAt)) < toMs &&
      (stoppedAt === undefined || Date.parse(String(stoppedAt)) > fromMs),
  ).length;

const takenBetween = ({ world }: BurstFacts, fromMs: number, toMs: number): number =>
  [...world.fargateTasks.values()].filter(({ stopCode, stoppingAt }) => {
    const atMs = Date.parse(String(stoppingAt));
    return stopCode === 'SpotInterruption' && atMs > fromMs && atMs <= toMs;
  }).length;
