import type { QueueCount } from './waiting-profile.ts';

/** A look's count, and what was received last by then: when it was sent and received. Left out where nobody knew. */
export interface HeadedCount extends QueueCount {
  readonly head?: { readonly sentMs: number; readonly receivedMs: number } | undefined;
}

/** Ages that are tried. SQS's counts "may be approximate" for a minute (GetQueueAttributes); no more is believed. */
const candidates = [0, 10, 20, 30, 40, 50, 60];
/** Counts that a comparison must rest on. */
const countsMin = 6;
/** Counts that are off by less than this share on average are as good as they get. */
const errorLeast = 0.06;
/** An age other than 0 must explain the counts by this much better. */
const betterShare = 0.5;

/** A value that rises with time, at a time: on a line between what is known. */
const between = (known: readonly (readonly [at: number, value: number])[], at: number): number | undefined => {
  const [first] = known;
  if (!first || at < first[0]) return undefined;
  for (let index = 1; index < known.length; index += 1) {
    const [fromAt, from] = known[index - 1] as readonly [number, number];
    const [toAt, to] = known[index] as readonly [number, number];
    if (at <= toAt) return toAt === fromAt ? to : from + ((to - from) * (at - fromAt)) / (toAt - fromAt);
  }
  return undefined;
};

const pickedUpAt = (counts: readonly QueueCount[], atMs: number): number | undefined =>
  between(
    counts.map((count) => [count.atMs, count.pickedUp] as const),
    atMs,
  );

export interface JudgedCounts {
  /** Undefined as long as too few counts can be compared: nothing is known then, not even that they are fresh. */
  readonly secondsBehind: number | undefined;
  /** By how much the counts are off on average, as a share. */
  readonly error: number;
}

/**
 * Seconds by which the queue's counts are behind, found out afterwards: once the oldest message is one that was sent at
 * a time, all that waited at that time have been picked up since, and the workers counted them. The age at which the
 * counts fit best is theirs; 0 where nothing speaks for another one.
 */
export const judgeCounts = (counts: readonly HeadedCount[]): JudgedCounts => {
  const heads: [number, number][] = [];
  for (const { head } of counts) {
    const [sentMs, receivedMs] = heads.at(-1) ?? [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    if (head && head.sentMs > sentMs && head.receivedMs > receivedMs) heads.push([head.sentMs, head.receivedMs]);
  }
  const error = (seconds: number): number | undefined => {
    let sum = 0;
    let all = 0;
    let size = 0;
    for (const { atMs, visible } of counts) {
      const thenMs = atMs - seconds * 1_000;
      const goneMs = between(heads, thenMs);
      const before = pickedUpAt(counts, thenMs);
      const after = goneMs === undefined ? undefined : pickedUpAt(counts, goneMs);
      if (before === undefined || after === undefined) continue;
      sum += Math.abs(visible - (after - before));
      all += visible;
      size += 1;
    }
    return size >= countsMin && all > 0 ? sum / all : undefined;
  };
  const fresh = error(0);
  if (fresh === undefined) return { secondsBehind: undefined, error: 0 };
  if (fresh < errorLeast) return { secondsBehind: 0, error: fresh };
  let best = { seconds: 0, error: fresh };
  for (const seconds of candidates) {
    const found = error(seconds);
    if (found !== undefined && found < best.error && found < betterShare * fresh) best = { seconds, error: found };
  }
  return { secondsBehind: best.seconds, error: best.error };
};

/** By how much more must have waited than was counted, before it is no chance: a share, and messages. */
const understatedBy = { share: 0.2, messages: 10 };

/**
 * Whether an earlier count was certainly too low: what was picked up since, up to a message that was sent before that
 * look, has all waited at that look. It shows that counts are old long before `judgeCounts` can say how old.
 */
export const isUnderstated = (counts: readonly HeadedCount[]): boolean => {
  const head = counts.at(-1)?.head;
  const until = head && pickedUpAt(counts, head.receivedMs);
  if (until === undefined) return false;
  return counts.some(
    ({ atMs, visible, pickedUp }) =>
      head !== undefined &&
      head.sentMs < atMs &&
      until - pickedUp > visible * (1 + understatedBy.share) + understatedBy.messages,
  );
};

/**
 * Messages a second that arrived while the heads of the last looks were sent, without any count of the queue: what was
 * picked up between two heads was sent between them. Undefined where the heads did not move.
 */
export const rateByHeads = (counts: readonly HeadedCount[], sinceMs: number): number | undefined => {
  const headed = counts.filter(({ atMs, head }) => atMs >= sinceMs && head);
  const [from, to] = [headed[0]?.head, headed.at(-1)?.head];
  if (!from || !to || to.sentMs - from.sentMs < 1_000) return undefined;
  const [before, after] = [pickedUpAt(counts, from.receivedMs), pickedUpAt(counts, to.receivedMs)];
  if (before === undefined || after === undefined) return undefined;
  return Math.max(0, ((after - before) * 1_000) / (to.sentMs - from.sentMs));
};

/** The counts at the times that they tell of: `seconds` before they were read. Those without a known past are left out. */
export const shifted = (counts: readonly QueueCount[], seconds: number): readonly QueueCount[] =>
  seconds === 0
    ? counts
    : counts.flatMap(({ atMs, visible }) => {
        const pickedUp = pickedUpAt(counts, atMs - seconds * 1_000);
        return pickedUp === undefined ? [] : [{ atMs: atMs - seconds * 1_000, visible, pickedUp }];
      });
