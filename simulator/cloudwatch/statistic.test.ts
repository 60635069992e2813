import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualKernel } from '../kernel/virtual-kernel.ts';
import { MetricStore, type Sample } from './metric-store.ts';
import { readStatistic, statisticOf } from './statistic.ts';

const metric = { namespace: 'Shop', name: 'delay', dimensions: {} };
const one = (value: number, count = 1): Sample => ({
  count,
  sum: value * count,
  minimum: value,
  maximum: value,
});

let store: MetricStore;

beforeEach(() => {
  store = new MetricStore(new VirtualKernel({ seed: 1 }));
});

const put = (...samples: readonly Sample[]): void => {
  for (const sample of samples) store.add(metric, sample, 'None', 0);
};

/** The statistic over `periods` minutes from the first one on. */
const ask = (statistic: string, periods = 1): number | undefined => {
  const [sample] = store.read(metric, 60 * periods, 0, 1, undefined);
  return sample && statisticOf(sample, readStatistic(statistic));
};

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
describe('extended statistics', () => {
  it.each([
    ['p0', 1],
    ['p50', 5],
    ['p90', 9],
    ['p91', 10],
    ['p99.9', 10],
    ['p100', 10],
    ['tm90', 5],
    ['tc90', 9],
    ['ts90', 45],
    ['wm90', 5.4],
    ['TM(10%:90%)', 5.5],
    ['TM(2:4)', 3.5],
    ['TC(80%:)', 2],
    ['TS(:3)', 6],
    ['WM(20%:80%)', 5.5],
    ['PR(:3)', 30],
    ['PR(3:5)', 20],
    ['IQM', 5.5],
    ['Average', 5.5],
  ])('%s of the numbers from 1 to 10 is %d', (statistic, expected) => {
    put(...[7, 2, 10, 1, 5, 9, 3, 8, 4, 6].map((value) => one(value)));
    expect(ask(statistic)).toBeCloseTo(expected, 10);
  });

  it('count a value as often as it was put, over all minutes of a period', () => {
    put(one(1, 97), one(50, 2));
    store.add(metric, one(900), 'None', 60_000);
    expect([ask('p97', 5), ask('p99', 5), ask('p100', 5)]).toEqual([1, 50, 900]);
  });

  it('are not there where a set of statistics hides its values, unless it is of one value only', () => {
    put({ count: 3, sum: 9, minimum: 3, maximum: 3 });
    expect(ask('p50')).toBe(3);
    put({ count: 2, sum: 10, minimum: 4, maximum: 6 });
    expect(ask('p50')).toBeUndefined();
    expect(ask('Sum')).toBe(19);
  });

  it('are not there with a negative value', () => {
    put(one(-1), one(2));
    expect(ask('p50')).toBeUndefined();
  });

  it('are near in the end, as summaries are', () => {
    put(...Array.from({ length: 1000 }, (_, index) => one(index + 1)));
    expect(ask('p90')).toBeGreaterThan(850);
    expect(ask('p90')).toBeLessThan(950);
  });

  it.each(['p101', 'p-1', 'TM()', 'TM(:)', 'TM(1:50%)', 'PR(10%:)', 'tm', 'Median'])('%s is none', (statistic) => {
    expect(() => readStatistic(statistic)).toThrow(`The value ${statistic} for parameter Stat is not supported.`);
  });
});
