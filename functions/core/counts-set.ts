/** The counts that the controller has set on a twin, the newest last. A count that is none of them was somebody else's doing. */
export interface CountsSet {
  readonly twin: string;
  readonly counts: readonly { readonly desiredCount: number; readonly atMs: number }[];
}

/** How late a read of ECS may be: seconds by AWS's advice (API reference, RunTask, eventual consistency); a minute is generous. */
const lateReadMs = 60_000;
/** A burst sets a count every few seconds at most, and only the last minute is asked for. */
const countsMax = 12;

/** Remembers a count before it is set, so that none is ever set unremembered. */
export const rememberCount = (
  old: CountsSet | undefined,
  twin: string,
  desiredCount: number,
  atMs: number,
): CountsSet => ({ twin, counts: [...(old?.counts ?? []), { desiredCount, atMs }].slice(-countsMax) });

/** The counts of ours that a read may show now: the newest one, and those that were replaced within the last minute. */
export const countsOfOurs = (set: CountsSet | undefined, nowMs: number): readonly number[] =>
  (set?.counts ?? []).flatMap(({ desiredCount }, index, counts) => {
    const next = counts[index + 1];
    return next === undefined || nowMs - next.atMs < lateReadMs ? [desiredCount] : [];
  });

/** Whether a read that shows this count may be a late one: the controller has set another one since, within the last minute. */
export const mayBeLate = (set: CountsSet | undefined, desiredCount: number, nowMs: number): boolean =>
  set?.counts.at(-1)?.desiredCount !== desiredCount && countsOfOurs(set, nowMs).includes(desiredCount);
