import { describe, expect, it } from 'vitest';
import { countBusy } from './count-busy.ts';
import type { WorkerReport } from './observed-burst.ts';
import { at } from './sample-burst.ts';

/** A task in Fargate that began to work at 0 s, with the seconds of work that it told of by then, over all slots. */
const task = (
  told: readonly [seconds: number, busySeconds: number][],
  more: Partial<WorkerReport> = {},
): WorkerReport => ({
  task: 'a',
  capacity: 'fargate',
  slots: 1,
  startedMs: at(0),
  everySeconds: 10,
  stopping: false,
  points: told.map(([seconds, busySeconds]) => ({
    atMs: at(seconds),
    pickUps: 0,
    completions: 0,
    failures: 0,
    busyMs: 1_000 * busySeconds,
  })),
  ...more,
});

describe('the seconds in which Fargate worked', () => {
  it('are those that its tasks tell of, and beyond them what is guessed, which is counted anew once it is told', () => {
    const seen = countBusy(
      undefined,
      [
        task([
          [0, 0],
          [20, 10],
        ]),
      ],
      1,
      0,
      at(0),
      at(25),
    );
    expect(seen).toEqual({ atMs: at(20), toldSeconds: 10, seconds: 15 });
    // As much as last; nothing where nothing is in work.
    expect(
      countBusy(
        undefined,
        [
          task([
            [0, 0],
            [20, 10],
          ]),
        ],
        undefined,
        0,
        at(0),
        at(25),
      ).seconds,
    ).toBe(12.5);
    expect(
      countBusy(
        undefined,
        [
          task([
            [0, 0],
            [20, 10],
          ]),
        ],
        0,
        0,
        at(0),
        at(25),
      ).seconds,
    ).toBe(10);
    // It worked for 2 s more, and not for 5.
    const told = countBusy(
      seen,
      [
        task([
          [0, 0],
          [20, 10],
          [30, 12],
        ]),
      ],
      0,
      0,
      at(25),
      at(35),
    );
    expect(told).toEqual({ atMs: at(30), toldSeconds: 12, seconds: 12 });
    // A task that is gone has told of all that it did, and what was told is told.
    const gone = task(
      [
        [0, 0],
        [20, 10],
        [30, 12],
        [31, 13],
      ],
      { stopping: true },
    );
    expect(countBusy(told, [gone], 1, 0, at(35), at(45))).toEqual({ atMs: at(45), toldSeconds: 13, seconds: 13 });
    expect(countBusy(told, [], 1, 0, at(35), at(45))).toEqual({ atMs: at(45), toldSeconds: 12, seconds: 12 });
    expect(
      countBusy(
        { ...told, atMs: at(33) },
        [
          task([
            [0, 0],
            [30, 12],
          ]),
        ],
        0,
        0,
        at(35),
        at(40),
      ).atMs,
    ).toBe(at(33));
  });

  it('count from the first look on', () => {
    expect(
      countBusy(
        undefined,
        [
          task([
            [0, 0],
            [20, 20],
          ]),
        ],
        1,
        0,
        at(15),
        at(20),
      ).seconds,
    ).toBe(5);
  });

  it('are half seconds where half of the slots worked', () => {
    const two = [
      task(
        [
          [0, 0],
          [20, 20],
        ],
        { slots: 2 },
      ),
      task(
        [
          [0, 0],
          [20, 20],
        ],
        { slots: 1 },
      ),
    ];
    expect(countBusy(undefined, two, 0, 0, at(0), at(20)).seconds).toBe(30);
  });

  it('are without the part of the tasks that run in any case', () => {
    const four = Array.from({ length: 4 }, () =>
      task([
        [0, 0],
        [20, 10],
      ]),
    );
    expect(countBusy(undefined, four, 0, 1, at(0), at(20)).seconds).toBe(30);
    expect(countBusy(undefined, four, 0, 4, at(0), at(20)).seconds).toBe(0);
    expect(countBusy(undefined, four, 0, 5, at(0), at(20)).seconds).toBe(0);
  });
});
