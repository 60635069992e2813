import { validation } from './errors.ts';
import type { Sample } from './metric-store.ts';

/** `Sum`, or an extended statistic: `p99.9`, `tm90`, `TM(10%:90%)`, `PR(:300)`, `IQM`. */
export type Statistic = string;

/** Values with how often each was put. */
export type Distribution = ReadonlyMap<number, number>;

const simple: Readonly<Record<string, (sample: Sample) => number>> = {
  Average: ({ sum, count }) => sum / count,
  Maximum: ({ maximum }) => maximum,
  Minimum: ({ minimum }) => minimum,
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
};

type Extended = (values: Distribution) => number | undefined;

/**
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 * @throws AwsError for a statistic that does not exist
 */
export const readStatistic = (statistic: string | undefined): Statistic => {
  if (statistic === undefined || !(statistic in simple || extended(statistic)))
    throw validation(`The value ${statistic} for parameter Stat is not supported.`);
  return statistic;
};

/** @returns undefined for an extended statistic where the single values are not known, or one of them is negative */
export const statisticOf = (sample: Sample, statistic: Statistic): number | undefined => {
  const ofSample = simple[statistic];
  if (ofSample) return ofSample(sample);
  const values = distributionOf(sample);
  return values && sample.minimum >= 0 ? extended(statistic)?.(values) : undefined;
};

/** Statistics put as a set tell their values only when there is just one. */
const distributionOf = (sample: Sample): Distribution | undefined => {
  if (sample.parts) return sample.parts.reduce<Map<number, number> | undefined>(withPart, new Map());
  if (sample.values !== undefined) return sample.values ?? undefined;
  return sample.minimum === sample.maximum ? new Map([[sample.minimum, sample.count]]) : undefined;
};

const withPart = (values: Map<number, number> | undefined, part: Sample): Map<number, number> | undefined => {
  const more = distributionOf(part);
  if (!values || !more) return undefined;
  for (const [value, count] of more) values.set(value, (values.get(value) ?? 0) + count);
  return values;
};

/** From so many different values on, each is kept with two significant digits: CloudWatch keeps summaries too. */
const exactMax = 100;

/**
 * The values of a bucket after a sample has joined it: the same map with more in it, undefined as long as there is just
 * one value, null where those of either are not known. To be called before the bucket's other numbers change.
 */
export const withSample = (bucket: Sample, sample: Sample): Map<number, number> | null | undefined => {
  if (bucket.values === null) return null;
  const isOne = sample.minimum === sample.maximum;
  if (bucket.values === undefined && isOne && bucket.minimum === bucket.maximum && bucket.minimum === sample.minimum)
    return undefined;
  const [own, more] = [bucket.values ?? distributionOf(bucket), distributionOf(sample)];
  if (!own || !more) return null;
  const values = own as Map<number, number>;
  for (const [value, count] of more) values.set(value, (values.get(value) ?? 0) + count);
  return values.size > exactMax ? coarse(values) : values;
};

const coarse = (values: Distribution): Map<number, number> => {
  const rounded = new Map<number, number>();
  for (const [value, count] of values) {
    const near = Number(value.toPrecision(2));
    rounded.set(near, (rounded.get(near) ?? 0) + count);
  }
  return rounded;
};

/** Read once: alarms evaluate the same statistic every minute. */
const known = new Map<string, Extended | undefined>();

const extended = (statistic: string): Extended | undefined => {
  if (!known.has(statistic)) known.set(statistic, parse(statistic));
  return known.get(statistic);
};

const number = '\\d+(?:\\.\\d+)?';
const shortForm = new RegExp(`^(p|tm|tc|ts|wm)(${number})$`);
const longForm = new RegExp(`^(TM|TC|TS|WM|PR)\\((${number}%?)?:(${number}%?)?\\)$`);

const parse = (statistic: string): Extended | undefined => {
  if (statistic === 'IQM') return within('tm', { kind: 'share', from: 0.25, to: 0.75 });
  const [, name, bound] = shortForm.exec(statistic) ?? [];
  if (name !== undefined) {
    const share = Number(bound) / 100;
    if (share > 1) return undefined;
    if (name === 'p') return (values) => percentile(values, share);
    return within(name, { kind: 'share', from: 0, to: share });
  }
  const [whole, form = '', low, high] = longForm.exec(statistic) ?? [];
  if (whole === undefined || (low === undefined && high === undefined)) return undefined;
  const isShare = [low, high].some((text) => text?.endsWith('%'));
  if (isShare && [low, high].some((text) => text !== undefined && !text.endsWith('%'))) return undefined;
  const at = (text: string | undefined, fallback: number): number =>
    text === undefined ? fallback : Number.parseFloat(text) / (isShare ? 100 : 1);
  const range: Range = isShare
    ? { kind: 'share', from: at(low, 0), to: at(high, 1) }
    : { kind: 'value', from: at(low, Number.NEGATIVE_INFINITY), to: at(high, Number.POSITIVE_INFINITY) };
  return form === 'PR' && isShare ? undefined : within(form.toLowerCase(), range);
};

/** From a share of all values (exclusive) to another (inclusive), or between two values, likewise. */
interface Range {
  readonly kind: 'share' | 'value';
  readonly from: number;
  readonly to: number;
}

const inOrder = (values: Distribution): readonly (readonly [number, number])[] =>
  [...values].toSorted(([a], [b]) => a - b);

const total = (values: Distribution): number => [...values.values()].reduce((sum, count) => sum + count, 0);

/** The smallest value that at least this share of all values does not exceed. */
const percentile = (values: Distribution, share: number): number | undefined => {
  const rank = Math.max(1, Math.ceil(share * total(values) - 1e-9));
  let passed = 0;
  for (const [value, count] of inOrder(values)) {
    passed += count;
    if (passed >= rank) return value;
  }
  return undefined;
};

const within = (name: string, range: Range): Extended => {
  return (values) => {
    const all = total(values);
    let passed = 0;
    const kept = inOrder(values).map(([value, count]) => {
      const before = passed;
      passed += count;
      if (range.kind === 'value') return { value, count, kept: value > range.from && value <= range.to ? count : 0 };
      const [first, last] = [Math.max(before, range.from * all), Math.min(passed, range.to * all)];
      return { value, count, kept: Math.max(0, last - first) };
    });
    const count = kept.reduce((sum, each) => sum + each.kept, 0);
    const sum = kept.reduce((sumSoFar, each) => sumSoFar + each.value * each.kept, 0);
    switch (name) {
      case 'tm':
        return count > 0 ? sum / count : undefined;
      case 'tc':
        return count;
      case 'ts':
        return sum;
      case 'pr':
        return (count / all) * 100;
      default: {
        // Winsorized: what lies outside counts as the nearest value inside.
        const inside = kept.filter((each) => each.kept > 0).map(({ value }) => value);
        const [low, high] = [inside[0], inside.at(-1)];
        if (low === undefined || high === undefined) return undefined;
        return kept.reduce((soFar, each) => soFar + Math.min(Math.max(each.value, low), high) * each.count, 0) / all;
      }
    }
  };
};
