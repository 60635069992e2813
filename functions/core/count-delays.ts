import { type DelayCounts, delayBounds } from './observed-burst.ts';
import type { BurstMemory } from './state.ts';

/** How late messages were over a burst, from counts by five minutes that the workers keep. */

export type Delays = NonNullable<BurstMemory['delays']>;

const periodMs = 300_000;
/** After its end a period may still be reported on for so long. */
const settleMs = 90_000;

const add = (a: readonly number[], b: readonly number[]): readonly number[] =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, index) => (a[index] ?? 0) + (b[index] ?? 0));

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

const addAll = (before: Delays, periods: readonly DelayCounts[]): Delays =>
  periods.reduce(
    (delays, { fromMs, pickUps, completions }) =>
      fromMs < delays.untilMs
        ? delays
        : {
            untilMs: fromMs + periodMs,
            pickUps: add(delays.pickUps, pickUps),
            completions: add(delays.completions, completions),
          },
    before,
  );

const inOrder = (periods: readonly DelayCounts[]): readonly DelayCounts[] =>
  periods.toSorted((a, b) => a.fromMs - b.fromMs);

/** Adds the periods that are over, each once. A burst counts from the start of the period in which it was begun. */
export const foldDelays = (before: Delays | undefined, periods: readonly DelayCounts[], nowMs: number): Delays =>
  addAll(
    before ?? { untilMs: Math.floor(nowMs / periodMs) * periodMs, pickUps: [], completions: [] },
    inOrder(periods).filter(({ fromMs }) => fromMs + periodMs + settleMs <= nowMs),
  );

/** All that was counted, the period that is not over included. */
export const allDelays = (folded: Delays, periods: readonly DelayCounts[]): Delays => addAll(folded, inOrder(periods));

/** Whether these are all that was counted until then: those that `foldDelays` leaves out are younger than this. */
export const isAll = ({ untilMs }: Delays, nowMs: number): boolean => untilMs > nowMs - settleMs;

/** How late messages were. Seconds are upper bounds of the counts that they fall into. */
export interface Lateness {
  readonly messages: number;
  /** Share later than the deadline, 0 to 1. */
  readonly lateShare: number;
  /** Seconds within which 99 of 100 were done; undefined where it is beyond the last bound, or nothing was counted. */
  readonly p99Seconds: number | undefined;
}

export const latenessOf = (counts: readonly number[], deadlineSeconds: number): Lateness => {
  const messages = sum(counts);
  const late = counts.reduce((all, count, index) => all + ((delayBounds[index] ?? 2) > 1 ? count : 0), 0);
  let seen = 0;
  const index = counts.findIndex((count) => {
    seen += count;
    return seen >= 0.99 * messages;
  });
  const bound = messages === 0 ? undefined : delayBounds[index];
  return {
    messages,
    lateShare: messages === 0 ? 0 : late / messages,
    p99Seconds: bound === undefined ? undefined : bound * deadlineSeconds,
  };
};
