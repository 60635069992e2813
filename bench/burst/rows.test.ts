import { describe, expect, it } from 'vitest';
import type { Measures } from '../../local/replay/outcome.ts';
import { judgeGoals } from './goals.ts';
import { printGoals, printScenarios, printSummaries } from './print.ts';
import { type Played, type Row, toRows } from './rows.ts';
import { summarize } from './summary.ts';

const measures = (change: Partial<Measures>): Measures => ({
  messages: 1_000,
  late: 0,
  lost: 0,
  doneTwice: 0,
  p99Seconds: 90,
  longestSeconds: 100,
  taskSeconds: 3_600,
  idleSeconds: 36,
  startingSeconds: 360,
  starts: 10,
  peakTasks: 5,
  firstLaunchSeconds: undefined,
  recallSeconds: undefined,
  ...change,
});

const played = (seed: number, boundTaskSeconds: number, ours: Measures): Played => ({
  cell: {
    trace: 'square',
    coverage: 1.2,
    rates: new Float64Array(),
    externalSlots: 20,
    serviceSeconds: 4,
    deadlineSeconds: 120,
    seed,
    condition: 'as believed',
    policies: ['spillway'],
    countFromSeconds: 0,
  },
  result: {
    boundTaskSeconds,
    workTaskSeconds: boundTaskSeconds,
    measures: { spillway: ours },
    failures: {},
    cpuSeconds: 1,
    controllerCpuSeconds: 1,
  },
});

const row = (change: Partial<Row>): Row => ({
  ...(toRows([played(1, 3_600, measures({}))])[0] as Row),
  ...change,
});

describe('a row', () => {
  it('is one policy in one scenario over all its seeds: late and cost of all messages, times of the worst seed', () => {
    const [found] = toRows([
      played(1, 3_600, measures({ late: 1, taskSeconds: 3_600, p99Seconds: 80, firstLaunchSeconds: 40 })),
      played(2, 1_800, measures({ late: 2, taskSeconds: 2_700, p99Seconds: 100, firstLaunchSeconds: 30 })),
    ]);
    expect(found).toMatchObject({
      policy: 'spillway',
      trace: 'square',
      coverage: 1.2,
      deadlineS: 120,
      seeds: 2,
      latePct: 0.15,
      p99S: 100,
      boundTaskHours: 0.75,
      taskHours: 0.875,
      costOverBound: 1.167,
      unusedPct: 1.14,
      firstLaunchS: 40,
      recallS: null,
    });
  });

  it('counts lost messages and those done twice of all seeds, and has no wait of one in a hundred that nobody picked up', () => {
    const [found] = toRows([
      played(1, 3_600, measures({ lost: 2 })),
      played(2, 3_600, measures({ lost: 1, doneTwice: 3, p99Seconds: Number.POSITIVE_INFINITY })),
    ]);
    expect(found).toMatchObject({ lost: 3, doneTwice: 3, p99S: null, error: null });
  });

  it('is of the seeds that could be measured, and says of the first other one why it could not', () => {
    const fails = (seed: number): Played => {
      const { cell, result } = played(seed, 3_600, measures({}));
      return { cell, result: { ...result, measures: {}, failures: { spillway: `not released\n at ${seed}` } } };
    };
    const [part] = toRows([played(1, 3_600, measures({ late: 1 })), fails(2), fails(3)]);
    expect(part).toMatchObject({ seeds: 1, latePct: 0.1, taskHours: 1, error: 'seed 2: not released\n at 2' });
    const [none] = toRows([fails(3)]);
    expect(none).toMatchObject({ seeds: 0, latePct: Number.NaN, taskHours: Number.NaN, costOverBound: null });
    const goals = judgeGoals([none as Row]);
    expect(goals.map(({ met }) => met)).toEqual([false, false]);
    expect(goals[0]).toMatchObject({
      reached: '0 of 1',
      because: ['spillway, square at 1.2, D 120 s: 0 lost, 0 done twice; seed 3: not released'],
    });
    expect(goals[1]?.because).toEqual(['square at 1.2, D 120 s: seed 3: not released']);
  });

  it('has a ratio from half a task-hour of bound on', () => {
    expect(toRows([played(1, 1_800, measures({}))])[0]?.costOverBound).toBe(2);
    expect(toRows([played(1, 1_790, measures({}))])[0]?.costOverBound).toBeNull();
  });
});

describe('a summary', () => {
  it('takes the geometric mean, the median, the worst and the total of the ratios', () => {
    const found = summarize('spillway', [
      row({ costOverBound: 1, taskHours: 10, boundTaskHours: 10 }),
      row({ costOverBound: 4, taskHours: 4, boundTaskHours: 1, latePct: 0.2 }),
      row({ costOverBound: null, latePct: 50 }),
    ]);
    expect(found).toMatchObject({ scenarios: 2, inTime: 1, lateMax: 0.2, geo: 2, median: 1, max: 4 });
    expect(found.total).toBeCloseTo(14 / 11, 9);
  });
});

describe('the goals', () => {
  const find = (rows: readonly Row[], part: string) => judgeGoals(rows).find(({ goal }) => goal.includes(part));

  it('are met at their bounds and not beyond them', () => {
    expect(find([row({ latePct: 0.1 })], 'late in every')?.met).toBe(true);
    expect(find([row({ latePct: 0.101 })], 'late in every')?.met).toBe(false);
    expect(find([row({ costOverBound: 1.12, taskHours: 1.12 })], 'geometric')?.met).toBe(true);
    expect(find([row({ costOverBound: 1.13, taskHours: 1.13 })], 'geometric')?.met).toBe(false);
    expect(find([row({ taskHours: 1.07 })], 'in total')?.met).toBe(true);
    expect(find([row({ taskHours: 1.08 })], 'in total')?.met).toBe(false);
    const dear = (deadlineS: number, ratio: number) => [row({ deadlineS, costOverBound: ratio, taskHours: ratio })];
    for (const part of ['geometric', 'in total', 'at worst'])
      for (const [deadlineS, most] of [
        [60, 1.35],
        [300, 1.07],
      ] as const) {
        expect(find(dear(deadlineS, most), part)?.met).toBe(true);
        expect(find(dear(deadlineS, most + 0.001), part)?.met).toBe(false);
        expect(find(dear(deadlineS, most + 0.001), part)?.because).toHaveLength(1);
      }
    expect(find(dear(120, 2.5), 'at worst')?.met).toBe(true);
    expect(find(dear(120, 2.501), 'at worst')?.met).toBe(false);
    expect(find([row({})], 'no message is lost')?.met).toBe(true);
    for (const change of [{ lost: 1 }, { doneTwice: 1 }])
      expect(find([row({ policy: 'KEDA, defaults', ...change })], 'no message is lost')?.met).toBe(false);
    expect(find([row({ unusedPct: 3.01 })], 'unused')?.met).toBe(false);
    expect(find([row({ boundTaskHours: 0, costOverBound: null, taskHours: 0.15 })], 'never overflows')?.met).toBe(true);
    expect(find([row({ boundTaskHours: 0, costOverBound: null, taskHours: 0.16 })], 'never overflows')?.met).toBe(
      false,
    );
    expect(find([row({ firstLaunchS: 60, recallS: 101 })], 'first launch')?.met).toBe(true);
    expect(find([row({ firstLaunchS: 60, recallS: 101 })], 'recall')?.met).toBe(false);
    expect(find([row({ firstLaunchS: 60, recallS: 130, p99S: 112 })], 'recall')?.because[0]).toContain(
      '130 s, of which 112 s are how long messages waited (99th percentile; the objective allows 120 s)',
    );
  });

  it('under a condition ask for what the replayed plan can, and for the cost on traces only', () => {
    const condition = 'counts 30 s old';
    const plan = row({ policy: 'offline plan, replayed', condition, latePct: 0.2 });
    expect(find([row({ condition, latePct: 9 }), plan], 'counts 30 s old')).toMatchObject({
      met: true,
      reached: '0 of 0, worst 0 %',
    });
    expect(find([row({ condition, latePct: 9 }), { ...plan, latePct: 0.1 }], 'counts 30 s old')?.met).toBe(false);
    expect(find([row({ condition, costOverBound: 2 })], 'on traces')).toBeUndefined();
    expect(find([row({ condition, trace: 'elb', costOverBound: 1.3 })], 'on traces')?.met).toBe(true);
    expect(find([row({ condition, trace: 'elb', costOverBound: 1.31 })], 'on traces')?.met).toBe(false);
  });

  it('that are not met say where and into what the cost went', () => {
    const plan = row({ policy: 'offline plan, replayed', costOverBound: 1.03, starts: 4 });
    const dear = row({ costOverBound: 1.5, taskHours: 1.5, startingPct: 20, unusedPct: 10, starts: 12 });
    expect(find([dear, plan], 'geometric')?.because).toEqual([
      'square at 1.2, D 120 s: 1.50 of the bound: 1.05 worked, 0.30 starting (12 starts, the plan 4), 0.15 unused; the plan itself, replayed, 1.03 and 0 % late',
    ]);
  });

  it('and tables are printed for people', () => {
    const rows = [row({}), row({ deadlineS: 60, costOverBound: null })];
    expect(printSummaries(rows)).toContain('D = 60 s: 0 scenarios');
    expect(printScenarios(rows)).toMatch(
      /^square +1\.2 +120 +0\.000 +0 +0 +90 +1\.00 +1\.00 +1\.000 +1\.0 +10 +5 +- +-$/m,
    );
    expect(printGoals(judgeGoals([row({ latePct: 1 })]))).toContain('NOT MET  D 120 s: late in every scenario: 0 of 1');
  });
});
