import type { Dimension } from '@aws-sdk/client-cloudwatch';
import type { Kernel } from '../kernel/kernel.ts';
import { type Distribution, withSample } from './statistic.ts';

export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Values of one unit within one bucket of time. */
interface Bucket {
  readonly startMs: number;
  readonly unit: string;
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
  values?: Map<number, number> | null | undefined;
}

export interface Sample {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /** The single values: left out where there is just one, or where nobody knows them; null where they are lost. */
  readonly values?: Distribution | null | undefined;
  /** The samples that this one was put together from. */
  readonly parts?: readonly Sample[];
}

interface Series {
  readonly metric: MetricName;
  /** In order of time. */
  readonly buckets: Bucket[];
}

/** Datapoints of a minute are kept for 15 days (CloudWatch, metrics retention). */
const bucketsMax = 15 * 24 * 60;

/** How many buckets keep single values besides their sum and count: three hours of minutes. */
const valuesKeptBuckets = 180;

/**
 * Metrics, in buckets of a minute (a second for high resolution). A minute is a minute of AWS's time: live with a pace
 * of 10, what a caller names as a period of 60 s is 6 s of wall time, here and wherever a period is evaluated, while
 * timestamps stay wall time. So an alarm that takes three minutes on AWS takes 18 s on a laptop.
 */
export class MetricStore {
  readonly #kernel: Kernel;
  readonly #series = new Map<string, Series>();
  /** Series by their frozen dimensions: who counts often gives the same object each time, and no key is made of it. */
  readonly #byDimensions = new WeakMap<object, Map<string, Series>>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  get metrics(): readonly MetricName[] {
    return [...this.#series.values()].map(({ metric }) => metric);
  }

  /** When the newest bucket of a metric starts, in epoch milliseconds. */
  newestMs(metric: MetricName): number {
    return this.#series.get(keyOf(metric))?.buckets.at(-1)?.startMs ?? Number.NEGATIVE_INFINITY;
  }

  /** The units in which values of a metric were put, the first one first. */
  unitsOf(metric: MetricName): readonly string[] {
    return [...new Set(this.#series.get(keyOf(metric))?.buckets.map(({ unit }) => unit))];
  }

  /** A period's length in the kernel's milliseconds. */
  width(periodSeconds: number): number {
    return this.#kernel.paced(periodSeconds * 1000);
  }

  add(metric: MetricName, sample: Sample, unit: string, atMs: number, highResolution = false): void {
    const { buckets } = this.#seriesOf(metric);
    const width = this.width(highResolution ? 1 : 60);
    const startMs = Math.floor(atMs / width) * width;
    // Nearly every value is of the present, so its place is searched from the end.
    let index = buckets.length;
    while (index > 0 && (buckets[index - 1] as Bucket).startMs > startMs) index -= 1;
    for (let at = index - 1; at >= 0 && (buckets[at] as Bucket).startMs === startMs; at -= 1) {
      const bucket = buckets[at] as Bucket;
      if (bucket.unit !== unit) continue;
      bucket.values = withSample(bucket, sample);
      bucket.count += sample.count;
      bucket.sum += sample.sum;
      bucket.minimum = Math.min(bucket.minimum, sample.minimum);
      bucket.maximum = Math.max(bucket.maximum, sample.maximum);
      return;
    }
    const { count, sum, minimum, maximum } = sample;
    buckets.splice(index, 0, { startMs, unit, count, sum, minimum, maximum });
    // Single values of long ago would only take room: nobody asks for percentiles of them here.
    const old = buckets[buckets.length - 1 - valuesKeptBuckets];
    if (old?.values) old.values = null;
    // In steps, since dropping from the front moves all the rest.
    if (buckets.length > bucketsMax * 1.1) buckets.splice(0, buckets.length - bucketsMax);
  }

  #seriesOf(metric: MetricName): Series {
    const { namespace, name, dimensions } = metric;
    const known = this.#byDimensions.get(dimensions)?.get(`${namespace} ${name}`);
    if (known) return known;
    const key = keyOf(metric);
    let series = this.#series.get(key);
    if (!series) {
      series = { metric: { ...metric, dimensions: { ...dimensions } }, buckets: [] };
      this.#series.set(key, series);
    }
    if (Object.isFrozen(dimensions)) {
      const byName = this.#byDimensions.get(dimensions) ?? new Map<string, Series>();
      byName.set(`${namespace} ${name}`, series);
      this.#byDimensions.set(dimensions, byName);
    }
    return series;
  }

  /**
   * The samples of `count` periods from the one with number `first` on (period n starts at n times its width);
   * undefined where a period has no value.
   */
  read(
    metric: MetricName,
    periodSeconds: number,
    first: number,
    count: number,
    unit: string | undefined,
  ): readonly (Sample | undefined)[] {
    const samples = new Array<Sample | undefined>(count).fill(undefined);
    const buckets = this.#series.get(keyOf(metric))?.buckets;
    if (!buckets) return samples;
    const width = this.width(periodSeconds);
    // Half of the smallest bucket forgives what floating-point division loses at a bucket's edge.
    const slack = this.width(1) / 2;
    for (let at = firstFrom(buckets, first * width - slack); at < buckets.length; at += 1) {
      const bucket = buckets[at] as Bucket;
      const index = Math.floor((bucket.startMs + slack) / width) - first;
      if (index >= count) break;
      if (index < 0 || (unit !== undefined && bucket.unit !== unit)) continue;
      const old = samples[index];
      samples[index] = old
        ? {
            count: old.count + bucket.count,
            sum: old.sum + bucket.sum,
            minimum: Math.min(old.minimum, bucket.minimum),
            maximum: Math.max(old.maximum, bucket.maximum),
            parts: [...(old.parts ?? [old]), bucket],
          }
        : bucket;
    }
    return samples;
  }
}

const firstFrom = (buckets: readonly Bucket[], startMs: number): number => {
  let low = 0;
  let high = buckets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((buckets[middle] as Bucket).startMs < startMs) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** A metric is its namespace, its name and exactly its dimensions. */
const keyOf = ({ namespace, name, dimensions }: MetricName): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);

export const dimensionsOf = (list: readonly Dimension[] | undefined): Record<string, string> =>
  Object.fromEntries((list ?? []).map(({ Name = '', Value = '' }) => [Name, Value]));
