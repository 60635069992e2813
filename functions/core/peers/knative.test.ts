import { describe, expect, it } from 'vitest';
import { knative } from './knative.ts';

const peer = knative({ minTasks: 1, maxTasks: 100, concurrency: 10 });

/** Plays a look every 2 s. */
const play = (looks: readonly number[], running: number): readonly number[] => {
  let state = peer.initial;
  return looks.map((inFlight, tick) => {
    const decided = peer.decide({ visible: 0, inFlight, running, desired: running }, state, 2 * tick);
    state = decided.state;
    return decided.desired;
  });
};

describe('the Knative pod autoscaler', () => {
  it('wants 15 pods for 100 requests at a concurrency of 10 and a utilization of 70 percent', () => {
    expect(play([100], 10)).toEqual([15]);
  });

  it('adds a replica when the mean concurrency passes 7 of 10 (Knative documentation, target utilization)', () => {
    expect(play([70], 10)).toEqual([10]);
    expect(play([71], 10)).toEqual([11]);
  });

  it('goes by the mean of a minute', () => {
    const quietThenBusy = [...Array(15).fill(0), ...Array(15).fill(14)];
    expect(play(quietThenBusy, 2).at(-1)).toBe(1);
  });

  it('goes by six seconds once they ask for twice the ready pods, and not down for a minute', () => {
    const sudden = [...Array(30).fill(7), 140, 140, 140, ...Array(29).fill(7)];
    const wants = play(sudden, 1);
    expect(wants[29]).toBe(1);
    expect(wants[32]).toBe(20);
    expect(wants.at(-1)).toBe(20);
  });

  it('never halves more than once at a look', () => {
    expect(play([0], 10)).toEqual([5]);
  });
});
