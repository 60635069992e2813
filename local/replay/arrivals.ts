import { Draws } from '../../simulator/kernel/draws.ts';

/** Whole messages: when each is sent, and how long the work on it takes. */
export interface Arrivals {
  /** Seconds since the start, ascending. */
  readonly atSeconds: Float64Array;
  /** Seconds of work in each message. */
  readonly workSeconds: Float64Array;
  readonly durationSeconds: number;
}

/** Standard deviation of the work in a message over its mean; work in queues has a long tail, not a bell. */
const workSpread = 0.5;

/**
 * One draw of whole messages from expected messages in each second: a Poisson process, exact by stretching time, and
 * lognormal work of mean `serviceSeconds`. The same seed gives the same messages to every policy.
 */
export const drawArrivals = (rates: Float64Array, serviceSeconds: number, seed: number): Arrivals => {
  const draws = new Draws(seed);
  const at: number[] = [];
  let expected = 0;
  let next = exponential(draws);
  for (const [second, rate] of rates.entries()) {
    while (next <= expected + rate) {
      at.push(second + (next - expected) / rate);
      next += exponential(draws);
    }
    expected += rate;
  }
  const sigma = Math.sqrt(Math.log(1 + workSpread ** 2));
  const location = Math.log(serviceSeconds) - sigma ** 2 / 2;
  return {
    atSeconds: Float64Array.from(at),
    workSeconds: Float64Array.from(at, () => Math.exp(location + sigma * normal(draws, 'work'))),
    durationSeconds: rates.length,
  };
};

/** Work that arrives in each step, in seconds of one slot. */
export const workPerStep = (
  { atSeconds, workSeconds, durationSeconds }: Arrivals,
  stepSeconds: number,
): Float64Array => {
  const steps = new Float64Array(Math.ceil(durationSeconds / stepSeconds));
  for (const [index, at] of atSeconds.entries()) {
    const step = Math.min(steps.length - 1, Math.floor(at / stepSeconds));
    steps[step] = (steps[step] as number) + (workSeconds[index] as number);
  }
  return steps;
};

const exponential = (draws: Draws): number => -Math.log(1 - draws.next('arrival'));

/** Box-Muller: one of the pair, so that the nth message always takes the same two draws. */
export const normal = (draws: { next(name: string): number }, name: string): number =>
  Math.sqrt(-2 * Math.log(1 - draws.next(name))) * Math.cos(2 * Math.PI * draws.next(name));
