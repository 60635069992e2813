import { spend } from './burst-caps.ts';
import { overheadOf, seenWork } from './burst-overhead.ts';
import { type BurstComparison, compareBurst } from './compare-burst.ts';
import { isAll, type Lateness, latenessOf } from './count-delays.ts';
import type { BurstMemory, BurstPoint, BurstTerms } from './state.ts';
import { billedAfter, countOf, unpaidSeconds } from './unseen-seconds.ts';

/** What a burst was and what it cost. Written at its end, from what its looks added up. */
export interface BurstLedger {
  readonly looks: number;
  readonly peakBacklog: number;
  readonly peakFargateTasks: number;
  readonly fargateStarts: number;
  /** Times that the number of Fargate tasks changed its direction. */
  readonly turns: number;
  /**
   * Seconds of Fargate tasks: paid for, and of them spent on starting, of use, idle while they could work, and the rest. Used are those
   * in which they worked, as they report, or where none does, all that is left. The rest are seconds after they were given back (the
   * stop, and what is left of the minute that is billed at least) and some before a look first saw them; it is left out in records of
   * versions that counted it as used.
   */
  readonly fargateSeconds: {
    readonly paid: number;
    readonly starting: number;
    readonly idle: number;
    readonly used: number;
    readonly afterStop?: number;
  };
  /**
   * Its tasks; the functions, state machines, calls and events of the controller; logs; and the NAT gateway or public addresses of
   * its tasks. The last two are left out in records of versions that did not reckon them.
   */
  readonly usd: {
    readonly fargate: number;
    readonly controller: number;
    readonly logs?: number;
    readonly network?: number;
  };
  /**
   * What of the paid seconds and of the dollars was Fargate Spot's, and how many tasks AWS took back; the rest ran on demand.
   * Left out: no task may run on Spot.
   */
  readonly spot?: { readonly paidSeconds: number; readonly usd: number; readonly takenBack: number };
  /** Delays since the sending of the messages that were picked up, and completed, in the five minutes that the burst touched. */
  readonly pickUps: Lateness;
  readonly completions: Lateness;
  /**
   * The least that any controller could have spent on the messages that arrived, and what others would have spent. Left out: too
   * few looks, or more than a week of them.
   */
  readonly comparison?: BurstComparison;
}

const cents = (usd: number): number => Math.round(usd * 1e6) / 1e6;

/**
 * A burst whose last look is a while ago (it could not look any more) has paid for its tasks until now, too. Its tasks
 * are given back then.
 */
export const payUntil = (memory: BurstMemory, nowMs: number): BurstMemory => {
  const { asked, lastLookMs = nowMs, fargateTaskSeconds, costUsd, spent, spot, taskHourUsd = 0 } = memory;
  const tasks = countOf(asked);
  if (tasks === 0) return memory;
  const seconds = (tasks * Math.max(0, nowMs - lastLookMs)) / 1_000 + billedAfter(asked, nowMs);
  const usd = fargateTaskSeconds > 0 ? (seconds * costUsd) / fargateTaskSeconds : (seconds * taskHourUsd) / 3_600;
  return {
    ...memory,
    lastLookMs: nowMs,
    asked: [],
    present: [],
    fargateTaskSeconds: fargateTaskSeconds + seconds,
    costUsd: costUsd + usd,
    spent: spend(spent, usd, nowMs),
    ...(spot &&
      fargateTaskSeconds > 0 && {
        spot: {
          ...spot,
          taskSeconds: spot.taskSeconds + (seconds * spot.taskSeconds) / fargateTaskSeconds,
          usd: spot.usd + (seconds * spot.usd) / fargateTaskSeconds,
        },
      }),
  };
};

/** Of two memories of one burst that which looked last: a look that was written may have lost its answer. */
export const newerMemory = (one: BurstMemory, other: BurstMemory): BurstMemory =>
  (other.lastLookMs ?? 0) > (one.lastLookMs ?? 0) ? other : one;

/** All that a burst costs, in US dollars. */
export const allUsd = ({ fargate, controller, logs = 0, network = 0 }: BurstLedger['usd']): number =>
  fargate + controller + logs + network;

/**
 * @param points all that the burst's looks recorded.
 * @param terms by which others are compared; left out: they are not.
 */
export const closeLedger = (
  memory: BurstMemory,
  deadlineSeconds: number,
  points: readonly BurstPoint[] = [],
  terms?: BurstTerms,
): BurstLedger => {
  const { delays, spot } = memory;
  const pickUps = latenessOf(delays?.pickUps ?? [], deadlineSeconds);
  const last = points.at(-1);
  // Where nobody reports, none counted is not none. Where a burst ended without a last look, its last five minutes are not in the count.
  const counted = pickUps.messages > 0 || memory.told !== undefined;
  const messagesMax = last && delays && counted && isAll(delays, last[0]) ? pickUps.messages + last[2] : undefined;
  const comparison =
    terms &&
    compareBurst(points, {
      ...terms,
      startSeconds: memory.lag?.meanSeconds ?? terms.startSeconds,
      deadlineSeconds,
      messagesMax,
    });
  const asked = memory.fargateTaskSeconds;
  const paid = Math.max(0, asked - memory.fargateStarts * unpaidSeconds);
  const startSeconds = Math.max(0, (memory.lag?.meanSeconds ?? unpaidSeconds) - unpaidSeconds);
  const starting = Math.min(paid, memory.fargateStarts * startSeconds);
  const used = Math.min(
    paid - starting,
    memory.fargateBusy?.seconds ?? Math.max(0, paid - starting - memory.fargateIdleSeconds),
  );
  const idle = Math.min(paid - starting - used, memory.fargateIdleSeconds);
  // Rounded as they add up, so that the parts make the whole.
  const between = (from: number, to: number): number => Math.round(to) - Math.round(from);
  const paidShare = asked > 0 ? paid / asked : 0;
  const overhead = overheadOf({
    looks: memory.looksInAll,
    moves: memory.moves,
    fargateStarts: memory.fargateStarts,
    fargatePaidSeconds: paid,
    publicAddresses: memory.publicAddresses === true,
    ...seenWork(points, deadlineSeconds),
  });
  return {
    looks: memory.looksInAll,
    peakBacklog: memory.peakBacklog,
    peakFargateTasks: memory.peakFargateTasks,
    fargateStarts: memory.fargateStarts,
    turns: memory.turns,
    fargateSeconds: {
      paid: Math.round(paid),
      starting: Math.round(starting),
      used: between(starting, starting + used),
      idle: between(starting + used, starting + used + idle),
      afterStop: between(starting + used + idle, paid),
    },
    usd: {
      fargate: cents(memory.costUsd * paidShare),
      controller: cents(overhead.controller),
      logs: cents(overhead.logs),
      network: cents(overhead.network),
    },
    ...(spot && {
      spot: {
        paidSeconds: Math.round(spot.taskSeconds * paidShare),
        usd: cents(spot.usd * paidShare),
        takenBack: spot.takenBack,
      },
    }),
    pickUps,
    completions: latenessOf(delays?.completions ?? [], deadlineSeconds),
    ...(comparison && { comparison }),
  };
};
