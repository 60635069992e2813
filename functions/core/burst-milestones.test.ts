import { describe, expect, it } from 'vitest';
import { milestonesOf } from './burst-milestones.ts';
import type { BurstPoint } from './state.ts';

const burst = { startedAt: '2026-11-28T05:00:00.000Z', endedAt: '2026-11-28T05:02:00.000Z' };
const startedMs = Date.parse(burst.startedAt);
const terms = { deadlineSeconds: 80, fargateBase: 0 };
const look = (seconds: number, waiting: number, oldest: number, wanted: number, ready: number): BurstPoint => [
  startedMs + 1_000 * seconds,
  100,
  waiting,
  oldest,
  3,
  wanted,
  ready,
];
const told = (points: readonly BurstPoint[], given: Parameters<typeof milestonesOf>[2] = terms) =>
  milestonesOf(burst, points, given).map(({ kind, seconds }) => [kind, seconds]);

describe('the milestones of a burst', () => {
  const points = [
    look(2, 40, 9, 0, 0),
    look(12, 90, 30, 4, 0),
    look(22, 99, 40, 6, 0),
    look(52, 60, 30, 6, 2),
    look(62, 20, 11, 6, 6),
    look(72, 5, 10, 3, 6),
    look(82, 0, 0, 0, 3),
    look(92, 0, 0, 0, 0),
  ];

  it('are signal, decision, peak, first task, drain, recall and end, in the order of their time', () => {
    expect(told(points)).toEqual([
      ['signal', 0],
      ['decision', 12],
      ['peak', 22],
      ['first Fargate task', 52],
      // An eighth of the deadline is calm, and 11 s are more than that.
      ['drain', 72],
      ['recall', 82],
      ['end', 120],
    ]);
  });

  it('count from the last recall, where tasks were given back and asked for again', () => {
    expect(told([...points, look(102, 50, 20, 2, 0), look(112, 0, 0, 0, 2)])).toContainEqual(['recall', 112]);
  });

  it('leave out what did not happen', () => {
    expect(told([])).toEqual([
      ['signal', 0],
      ['end', 120],
    ]);
    // No peak of nothing, and so nothing that drained.
    expect(told([look(2, 0, 0, 0, 0), look(12, 0, 0, 0, 0)])).toEqual([
      ['signal', 0],
      ['end', 120],
    ]);
    expect(milestonesOf({ startedAt: burst.startedAt }, points.slice(0, 3), terms).map(({ kind }) => kind)).toEqual([
      'signal',
      'decision',
      'peak',
    ]);
  });

  it('take the base of Fargate for what is there anyway', () => {
    const kinds = told(points, { ...terms, fargateBase: 6 }).map(([kind]) => kind);
    expect(kinds).toEqual(['signal', 'peak', 'drain', 'end']);
  });
});
