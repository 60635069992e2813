import type { ServiceContext } from '../cloud/service.ts';
import type { AlarmQuery } from './alarm.ts';
import { validation } from './errors.ts';
import { asSeries, evaluateMath, type MathValue, type Series } from './metric-math.ts';
import type { MetricStore, Sample } from './metric-store.ts';
import { statisticOf } from './statistic.ts';

/** A range of periods: `count` of them from number `first` on. */
export interface Range {
  readonly periodSeconds: number;
  readonly first: number;
  readonly count: number;
}

/** Reads metrics and expressions over them, as late as CloudWatch shows them. */
export class MetricReader {
  readonly #ctx: ServiceContext;
  readonly #store: MetricStore;

  constructor(ctx: ServiceContext, store: MetricStore) {
    this.#ctx = ctx;
    this.#store = store;
  }

  /** The number of the period that a moment lies in. */
  periodAt(ms: number, periodSeconds: number): number {
    // The billionth forgives what floating-point division loses where a moment is exactly the start of a period.
    return Math.floor(ms / this.#store.width(periodSeconds) + 1e-9);
  }

  startOf(period: number, periodSeconds: number): number {
    return period * this.#store.width(periodSeconds);
  }

  /**
   * The number of the newest period of a namespace that can be seen. What AWS publishes shows only when the period has
   * ended and `fidelity.metricLagMs` has passed; what callers put themselves shows at once.
   */
  newest(namespace: string, periodSeconds: number): number {
    const { kernel, fidelity } = this.#ctx;
    if (!namespace.startsWith('AWS/')) return this.periodAt(kernel.now(), periodSeconds);
    return this.periodAt(kernel.now() - kernel.paced(fidelity.metricLagMs), periodSeconds) - 1;
  }

  /**
   * The newest period that has ended, and can be seen, for everything that these queries read. An alarm looks at no
   * period that is still running.
   */
  newestEnded(queries: readonly AlarmQuery[], periodSeconds: number): number {
    const ended = this.periodAt(this.#ctx.kernel.now(), periodSeconds) - 1;
    return queries.reduce(
      (newest, query) =>
        query.kind === 'metric' ? Math.min(newest, this.newest(query.namespace, periodSeconds)) : newest,
      ended,
    );
  }

  samples(query: AlarmQuery & { readonly kind: 'metric' }, range: Range): readonly (Sample | undefined)[] {
    const newest = this.newest(query.namespace, range.periodSeconds);
    return this.#store
      .read(query, range.periodSeconds, range.first, range.count, query.unit)
      .map((sample, index) => (range.first + index <= newest ? sample : undefined));
  }

  /** The values of one query; expressions read the others. @throws AwsError for an id that no query has */
  series(id: string, queries: readonly AlarmQuery[], range: Range): Series {
    return asSeries(this.#value(id, queries, range, []), range.count);
  }

  #value(id: string, queries: readonly AlarmQuery[], range: Range, within: readonly string[]): MathValue {
    const query = queries.find((candidate) => candidate.id === id);
    if (!query || within.includes(id))
      throw validation(`Error in expression '${within.at(-1) ?? id}' [Unknown or circular reference '${id}']`);
    if (query.kind === 'metric') {
      const samples = this.samples(query, range);
      return samples.map((sample) => sample && statisticOf(sample, query.statistic));
    }
    const nested = [...within, id];
    return evaluateMath(query.expression, {
      length: range.count,
      periodSeconds: range.periodSeconds,
      lookUp: (other) => this.#value(other, queries, range, nested),
      metrics: (contains) =>
        queries
          .filter((other) => other.kind === 'metric' && other.id.includes(contains))
          .map((other) => asSeries(this.#value(other.id, queries, range, nested), range.count)),
    });
  }
}
