import type { Cell, CellResult } from '../../local/replay/run-cell.ts';

/**
 * One policy in one scenario, over all its seeds that could be measured. Where none could, `error` says why and figures
 * are NaN (null in JSON).
 */
export interface Row {
  readonly policy: string;
  readonly trace: string;
  readonly coverage: number;
  readonly deadlineS: number;
  /** What is different from how the controller believes the world to be. */
  readonly condition: string;
  readonly seeds: number;
  /** Messages picked up later than the deadline, percent of all. */
  readonly latePct: number;
  /** Messages whose work was never done to its end, of all seeds. */
  readonly lost: number;
  /** Messages whose work was done to its end more than once, of all seeds. */
  readonly doneTwice: number;
  /** 99th percentile of the wait for pick-up, of the worst seed; null where more than 1 % was never picked up. */
  readonly p99S: number | null;
  /** Billed over the offline bound; null where the bound is below half a task-hour. */
  readonly costOverBound: number | null;
  readonly boundTaskHours: number;
  readonly workBoundTaskHours: number;
  readonly taskHours: number;
  /** Billed seconds of ready tasks without a message, percent of all billed seconds. */
  readonly unusedPct: number;
  /** Billed seconds before tasks were ready, percent of all billed seconds. */
  readonly startingPct: number;
  readonly starts: number;
  readonly peakTasks: number;
  /** From the load's step (`findStep`) to the first task asked for, of the worst seed; null where it has none. */
  readonly firstLaunchS: number | null;
  /** From the end of the step until Fargate is empty, of the worst seed. */
  readonly recallS: number | null;
  /** Why a seed could not be measured; null when all were. */
  readonly error: string | null;
}

/** Below it a ratio says more of chance than of a policy. */
const leastBoundTaskHours = 0.5;

export interface Played {
  readonly cell: Cell;
  readonly result: CellResult;
}

const rounded = (value: number, digits: number): number =>
  Number.isFinite(value) ? Number(value.toFixed(digits)) : value;

/** Task-hours are means of the seeds, so that rows of different numbers of seeds can be compared. */
export const toRows = (played: readonly Played[]): readonly Row[] => {
  const scenarios = Map.groupBy(played, ({ cell }) =>
    JSON.stringify([cell.condition, cell.trace, cell.coverage, cell.deadlineSeconds]),
  );
  return [...scenarios.values()].flatMap((everySeed) => {
    const [first] = everySeed;
    if (!first) return [];
    const { trace, coverage, deadlineSeconds, condition, policies } = first.cell;
    return policies.map((policy): Row => {
      const all = everySeed.filter(({ result }) => result.measures[policy]);
      const sum = (read: (one: Played) => number): number => all.reduce((total, one) => total + read(one), 0);
      const hours = (read: (one: Played) => number): number => sum(read) / 3_600 / all.length;
      const boundTaskHours = hours(({ result }) => result.boundTaskSeconds);
      const measures = all.flatMap(({ result }) => result.measures[policy] ?? []);
      const failure = everySeed.flatMap(({ cell, result }) =>
        result.failures[policy] === undefined ? [] : [`seed ${cell.seed}: ${result.failures[policy]}`],
      )[0];
      const total = (read: (one: (typeof measures)[number]) => number): number =>
        measures.reduce((before, one) => before + read(one), 0);
      const worst = (read: (one: (typeof measures)[number]) => number | undefined): number | null => {
        const found = measures.flatMap((one) => read(one) ?? []);
        const most = Math.max(...found);
        return Number.isFinite(most) ? rounded(most, 0) : null;
      };
      const billed = total(({ taskSeconds }) => taskSeconds);
      const share = (seconds: number): number => (billed > 0 ? rounded((100 * seconds) / billed, 2) : 0);
      const taskHours = billed / 3_600 / all.length;
      const messages = Math.max(
        1,
        total((one) => one.messages),
      );
      return {
        policy,
        trace,
        coverage,
        deadlineS: deadlineSeconds,
        condition,
        seeds: all.length,
        latePct: measures.length > 0 ? rounded((100 * total(({ late }) => late)) / messages, 3) : Number.NaN,
        lost: total(({ lost }) => lost),
        doneTwice: total(({ doneTwice }) => doneTwice),
        p99S: worst(({ p99Seconds }) => p99Seconds),
        costOverBound: boundTaskHours >= leastBoundTaskHours ? rounded(taskHours / boundTaskHours, 3) : null,
        boundTaskHours: rounded(boundTaskHours, 3),
        workBoundTaskHours: rounded(
          hours(({ result }) => result.workTaskSeconds),
          3,
        ),
        taskHours: rounded(taskHours, 3),
        unusedPct: share(total(({ idleSeconds }) => idleSeconds)),
        startingPct: share(total(({ startingSeconds }) => startingSeconds)),
        starts: rounded(total(({ starts }) => starts) / all.length, 1),
        peakTasks: worst(({ peakTasks }) => peakTasks) ?? 0,
        firstLaunchS: worst(({ firstLaunchSeconds }) => firstLaunchSeconds),
        recallS: worst(({ recallSeconds }) => recallSeconds),
        error: failure ?? null,
      };
    });
  });
};
