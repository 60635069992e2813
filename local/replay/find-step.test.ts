import { describe, expect, it } from 'vitest';
import { findStep } from './find-step.ts';
import { perSecond } from './traffic.ts';

/** A load in which one of the parts follows the other: messages a second, for so many seconds. */
const load = (...parts: readonly (readonly [rate: number, seconds: number])[]): Float64Array =>
  Float64Array.from(parts.flatMap(([rate, seconds]) => Array<number>(seconds).fill(rate)));

describe('the step of a load', () => {
  it('is where it goes to three times, over what the premises carry, until it falls below that again', () => {
    expect(findStep(load([1, 300], [3, 200], [1, 300]), 2)).toEqual({ fromSeconds: 300, toSeconds: 500 });
    expect(findStep(load([1, 300], [2.99, 200], [1, 300]), 2)).toBeUndefined();
    expect(findStep(load([0, 300], [3, 200], [1.9, 300]), 2)).toEqual({ fromSeconds: 300, toSeconds: 500 });
  });

  it('is none where the premises carry all of it, or none of it', () => {
    expect(findStep(load([1, 300], [3, 200], [1, 300]), 3)).toBeUndefined();
    expect(findStep(load([1, 300], [3, 200], [1, 300]), 1)).toBeUndefined();
    expect(findStep(load([1, 300], [3, 200], [1, 300]), 1.01)).toEqual({ fromSeconds: 300, toSeconds: 500 });
  });

  it('is none where it does not end, and none where there are several', () => {
    expect(findStep(load([1, 300], [3, 500]), 2)).toBeUndefined();
    expect(findStep(load([1, 300], [3, 200], [2.1, 300]), 2)).toBeUndefined();
    expect(findStep(load([1, 300], [3, 200], [1, 300], [3, 200], [1, 300]), 2)).toBeUndefined();
    // A second rise to less than three times is none.
    expect(findStep(load([1, 300], [3, 200], [1, 300], [2.9, 200], [1, 300]), 2)).toEqual({
      fromSeconds: 300,
      toSeconds: 500,
    });
  });

  it('is found between bins of a minute, whose rates are joined by straight lines', () => {
    const bins = [30, 30, 30, 30, 30, 90, 90, 90, 90, 30, 30, 30].map((count, index) => ({
      startSeconds: 60 * index,
      widthSeconds: 60,
      count,
    }));
    expect(findStep(perSecond({ name: 'mine', gaps: 0, bins }), 1)).toEqual({ fromSeconds: 300, toSeconds: 540 });
  });

  it('is no slow rise: within two minutes it does not become three times as much', () => {
    const ramp = Float64Array.from(
      { length: 2_400 },
      (_, second) => 1 + Math.max(0, 4 * (1 - Math.abs(second - 1_200) / 900)),
    );
    expect(findStep(ramp, 2)).toBeUndefined();
  });

  it('is none of a load that is shorter than it takes to see one', () => {
    expect(findStep(load([1, 90], [3, 89]), 2)).toBeUndefined();
    expect(findStep(load([1, 10]), 2)).toBeUndefined();
  });
});
