import { describe, expect, it } from 'vitest';
import { drawArrivals, workPerStep } from './arrivals.ts';

const rates = new Float64Array(7_200).fill(5);
const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('arrivals', () => {
  const drawn = drawArrivals(rates, 4, 1);

  it('are as many as the rates say, within five deviations of a Poisson process', () => {
    expect(Math.abs(drawn.atSeconds.length - 36_000)).toBeLessThan(5 * Math.sqrt(36_000));
  });

  it('come at distances like those of a Poisson process: the deviation is the mean', () => {
    const gaps = drawn.atSeconds.slice(1).map((at, index) => at - (drawn.atSeconds[index] as number));
    const usual = mean(gaps);
    const deviation = Math.sqrt(mean(gaps.map((gap) => (gap - usual) ** 2)));
    expect(deviation / usual).toBeCloseTo(1, 1);
    expect(gaps.every((gap) => gap >= 0)).toBe(true);
  });

  it('bring work of the mean that is asked for, with a deviation of half of it', () => {
    const { workSeconds } = drawn;
    expect(mean(workSeconds)).toBeCloseTo(4, 1);
    expect(Math.sqrt(mean(workSeconds.map((work) => (work - 4) ** 2)))).toBeCloseTo(2, 1);
  });

  it('are the same for the same seed only', () => {
    expect(drawArrivals(rates, 4, 1)).toEqual(drawn);
    expect(drawArrivals(rates, 4, 2).atSeconds[0]).not.toBe(drawn.atSeconds[0]);
  });

  it('never come in a second without traffic', () => {
    const { atSeconds } = drawArrivals(Float64Array.from([0, 50, 0, 0, 50]), 4, 1);
    expect(new Set(atSeconds.map(Math.floor))).toEqual(new Set([1, 4]));
  });

  it('are work in the step in which they come', () => {
    const arrivals = {
      atSeconds: Float64Array.from([0, 9.9, 10, 25]),
      workSeconds: Float64Array.from([1, 2, 3, 4]),
      durationSeconds: 25,
    };
    expect([...workPerStep(arrivals, 10)]).toEqual([3, 3, 4]);
  });
});
