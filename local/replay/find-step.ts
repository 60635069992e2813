import type { Step } from './outcome.ts';

/** A step of a load goes to at least so many times of what was before. */
const stepFactor = 3;
const minute = 60;
/** Bins of a minute are joined by straight lines, so that a step between two of them takes half a minute on either side. */
const edge = 30;

/**
 * The one step of a load: within a minute it goes from less than the premises carry to more, and to at least three times
 * what it was, each as a mean over a minute; its end is where it falls below what they carry again. undefined where there
 * is none, where it does not end, and where there are several, since then tasks of one would be told as those of another.
 * @param rates expected messages in each second
 * @param carriedPerSecond messages a second that the premises work off
 */
export const findStep = (rates: Float64Array, carriedPerSecond: number): Step | undefined => {
  const sums = new Float64Array(rates.length + 1);
  for (const [second, rate] of rates.entries()) sums[second + 1] = (sums[second] as number) + rate;
  const mean = (from: number): number => ((sums[from + minute] as number) - (sums[from] as number)) / minute;
  const before = (second: number): number => mean(second - edge - minute);
  const after = (second: number): number => mean(second + edge);
  const change = (second: number): number => mean(second) - mean(second - minute);
  const last = rates.length - edge - minute;
  const least = stepFactor * (1 - 1e-9);
  const rises = (second: number): boolean =>
    before(second) < carriedPerSecond && after(second) > carriedPerSecond && after(second) >= least * before(second);
  const falls = (second: number): boolean => before(second) > carriedPerSecond && after(second) < carriedPerSecond;
  /** The steepest second of the first stretch from `from` on at which it `turns`. */
  const next = (from: number, turns: (second: number) => boolean, steepness: (second: number) => number) => {
    let steepest: number | undefined;
    for (let second = Math.max(from, edge + minute); second <= last; second += 1) {
      if (turns(second)) {
        if (steepest === undefined || steepness(second) > steepness(steepest)) steepest = second;
      } else if (steepest !== undefined) return steepest;
    }
    return steepest;
  };
  const fromSeconds = next(0, rises, change);
  if (fromSeconds === undefined) return undefined;
  const toSeconds = next(fromSeconds, falls, (second) => -change(second));
  if (toSeconds === undefined || next(toSeconds, rises, change) !== undefined) return undefined;
  return { fromSeconds, toSeconds };
};
