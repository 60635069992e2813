import { workBound } from '../../functions/core/work-bound.ts';

/** Messages counted in bins, as a file tells them. */
export interface Traffic {
  readonly name: string;
  readonly bins: readonly TrafficBin[];
  /** Places without a bin, taken as time without traffic. */
  readonly gaps: number;
}

export interface TrafficBin {
  readonly startSeconds: number;
  readonly widthSeconds: number;
  readonly count: number;
}

/** Bins at least this wide hide how traffic changes within them: their rates are joined by straight lines. */
const interpolatedFromSeconds = 60;

/** Expected messages in each second from the first bin to the end of the last. */
export const perSecond = ({ bins }: Traffic): Float64Array => {
  const last = bins.at(-1) as TrafficBin;
  const seconds = Math.max(1, Math.ceil(last.startSeconds + last.widthSeconds));
  const rates = new Float64Array(seconds);
  for (const [index, bin] of bins.entries()) {
    const end = bin.startSeconds + bin.widthSeconds;
    const interpolated = bin.widthSeconds >= interpolatedFromSeconds;
    const before = interpolated ? neighbour(bins[index - 1], bin) : undefined;
    const after = interpolated ? neighbour(bin, bins[index + 1], true) : undefined;
    const rate = bin.count / bin.widthSeconds;
    for (let second = Math.floor(bin.startSeconds); second < end; second += 1) {
      const from = Math.max(second, bin.startSeconds);
      const to = Math.min(second + 1, end);
      if (to <= from) continue;
      rates[second] = (rates[second] as number) + (to - from) * rateAt((from + to) / 2, bin, rate, before, after);
    }
  }
  return rates;
};

interface Point {
  readonly atSeconds: number;
  readonly rate: number;
}

/** The middle of the bin beside this one; none where a gap lies between, or the end of the file. */
const neighbour = (left: TrafficBin | undefined, right: TrafficBin | undefined, later = false): Point | undefined => {
  if (!left || !right || left.startSeconds + left.widthSeconds < right.startSeconds - 1e-9) return undefined;
  const { startSeconds, widthSeconds, count } = later ? right : left;
  return { atSeconds: startSeconds + widthSeconds / 2, rate: count / widthSeconds };
};

const rateAt = (
  atSeconds: number,
  bin: TrafficBin,
  rate: number,
  before: Point | undefined,
  after: Point | undefined,
): number => {
  const middle = bin.startSeconds + bin.widthSeconds / 2;
  const other = atSeconds < middle ? before : after;
  if (!other) return rate;
  const share = (atSeconds - middle) / (other.atSeconds - middle);
  return rate + share * (other.rate - rate);
};

/** The machines on premises and the objective that traffic is measured against. */
export interface Premises {
  /** Messages that the premises work on at a time. */
  readonly externalSlots: number;
  /** Mean seconds of work in one message. */
  readonly serviceSeconds: number;
  readonly deadlineSeconds: number;
}

/** The same traffic with the mean at which the premises carry `coverage` times of it. */
export const scaledTo = (
  rates: Float64Array,
  coverage: number,
  { externalSlots, serviceSeconds }: Pick<Premises, 'externalSlots' | 'serviceSeconds'>,
): Float64Array => {
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const factor = externalSlots / serviceSeconds / coverage / mean;
  return rates.map((rate) => rate * factor);
};

const windowStepSeconds = 10;

/**
 * The part of `seconds` that needs the most Fargate work. With a `coverage` the premises are sized anew for each part:
 * the same question for each, so that a quiet week cannot make a steady hour look like a burst. Without one they are
 * what they are. Traffic that is not longer stays whole. Parts begin at bins, at most every 10 s.
 */
export const busiestWindow = (
  rates: Float64Array,
  seconds: number,
  everySeconds: number,
  coverage: number | undefined,
  premises: Premises,
): { readonly startSeconds: number; readonly rates: Float64Array } => {
  if (rates.length <= seconds) return { startSeconds: 0, rates };
  const steps = Float64Array.from({ length: Math.floor(rates.length / windowStepSeconds) }, (_, step) => {
    let sum = 0;
    for (let second = 0; second < windowStepSeconds; second += 1)
      sum += rates[step * windowStepSeconds + second] as number;
    return sum;
  });
  const length = Math.floor(seconds / windowStepSeconds);
  const stride = Math.max(1, Math.round(everySeconds / windowStepSeconds));
  const { externalSlots, serviceSeconds, deadlineSeconds } = premises;
  let best = { step: 0, bound: -1 };
  for (let step = 0; step + length <= steps.length; step += stride) {
    const window = steps.subarray(step, step + length);
    let total = 0;
    for (let index = 0; index < length; index += 1) total += window[index] as number;
    if (total === 0) continue;
    // Scaling the premises down is the same as scaling the traffic up, and needs no copy.
    const workOfMessage = coverage === undefined ? serviceSeconds : (externalSlots * seconds) / coverage / total;
    const bound =
      workBound(window, {
        stepSeconds: windowStepSeconds,
        externalSlots: externalSlots / workOfMessage,
        deadlineSeconds,
      }) * workOfMessage;
    if (bound > best.bound) best = { step, bound };
  }
  const startSeconds = best.step * windowStepSeconds;
  return { startSeconds, rates: rates.slice(startSeconds, startSeconds + seconds) };
};
