import { usually } from '../../local/replay/conditions.ts';
import { ours, planReplayed } from '../../local/replay/run-cell.ts';
import { syntheticNames } from './loads.ts';
import type { Row } from './rows.ts';
import { lateAllowedPct, overflowing, summarize } from './summary.ts';

/** What a run should reach, beside what it reached. */
export interface Goal {
  readonly goal: string;
  readonly wanted: string;
  readonly reached: string;
  readonly met: boolean;
  /** Where it was not met: the scenarios, with what the money or the time went into. */
  readonly because: readonly string[];
}

/** Cost over the bound by the deadline in seconds: of all scenarios together, and of the dearest. */
const costMax: Readonly<Record<number, { readonly geo: number; readonly total: number; readonly worst: number }>> = {
  60: { geo: 1.35, total: 1.35, worst: 1.35 },
  120: { geo: 1.12, total: 1.07, worst: 2.5 },
  300: { geo: 1.07, total: 1.07, worst: 1.07 },
};
const unusedPctMax = 3;
const falseBurstTaskHoursMax = 0.15;
const firstLaunchSMax = 60;
const recallSMax = 100;
/** Under wrong beliefs and losses, on traces. */
const troubledCostMax = 1.3;

const where = ({ trace, coverage, deadlineS, condition }: Row): string =>
  `${trace} at ${coverage}, D ${deadlineS} s${condition === usually ? '' : `, ${condition}`}`;

/** Where the billed time of a row went beyond the bound, in shares of the bound. */
const wentInto = (row: Row, plan: Row | undefined): string => {
  const bound = row.boundTaskHours;
  const part = (hours: number): string => (hours / bound).toFixed(2);
  const starting = (row.taskHours * row.startingPct) / 100;
  const unused = (row.taskHours * row.unusedPct) / 100;
  const working = row.taskHours - starting - unused;
  return (
    `${row.costOverBound?.toFixed(2)} of the bound: ${part(working)} worked, ${part(starting)} starting ` +
    `(${row.starts} starts, the plan ${plan?.starts ?? '?'}), ${part(unused)} unused` +
    (plan ? `; the plan itself, replayed, ${plan.costOverBound?.toFixed(2)} and ${plan.latePct} % late` : '')
  );
};

/** The first line of why a row has no figures. */
const said = (error: string): string => error.split('\n')[0] as string;

const inTime = ({ latePct, error }: Row): boolean => error === null && latePct <= lateAllowedPct;

/** The latest of these rows. */
const latest = (rows: readonly Row[]): number =>
  Math.max(0, ...rows.map(({ latePct }) => latePct).filter((pct) => !Number.isNaN(pct)));

const howLate = (row: Row, plan: Row | undefined): string =>
  `${where(row)}: ${
    row.error === null
      ? `${row.latePct} % late; the plan, replayed, ${plan?.latePct ?? '?'} %, the longest-waiting hundredth ${row.p99S ?? 'never picked up, or after'} s`
      : said(row.error)
  }`;

/** The four rows that have most of something. */
const most = <Some extends Row>(rows: readonly Some[], read: (row: Some) => number): readonly Some[] =>
  rows.toSorted((a, b) => read(b) - read(a)).slice(0, 4);

const planAmong =
  (rows: readonly Row[]) =>
  (row: Row): Row | undefined =>
    rows.find(
      (other) =>
        other.policy === planReplayed &&
        other.trace === row.trace &&
        other.coverage === row.coverage &&
        other.deadlineS === row.deadlineS &&
        other.condition === row.condition,
    );

/** The goals that a run of these rows can be asked about. */
export const judgeGoals = (rows: readonly Row[]): readonly Goal[] => [
  judgeWhole(rows),
  ...judgeUsual(rows.filter(({ condition }) => condition === usually)),
  ...judgeTroubled(rows.filter(({ condition }) => condition !== usually)),
];

/** Of every policy, ours and the others': without it no other figure means anything. */
const judgeWhole = (rows: readonly Row[]): Goal => {
  const broken = rows.filter(({ lost, doneTwice, error }) => lost > 0 || doneTwice > 0 || error !== null);
  return {
    goal: 'every replay ends, no message is lost and none done twice',
    wanted: 'every row',
    reached: `${rows.length - broken.length} of ${rows.length}`,
    met: broken.length === 0,
    because: broken.map(
      (row) =>
        `${row.policy}, ${where(row)}: ${row.lost} lost, ${row.doneTwice} done twice${row.error === null ? '' : `; ${said(row.error)}`}`,
    ),
  };
};

/** Under a condition: in time wherever the plan itself, replayed under it, is; and not much dearer on real traffic. */
const judgeTroubled = (rows: readonly Row[]): readonly Goal[] => {
  const planOf = planAmong(rows);
  const mine = Map.groupBy(
    rows.filter(({ policy }) => policy === ours),
    ({ condition }) => condition,
  );
  return [...mine].flatMap(([condition, here]): Goal[] => {
    const possible = here.filter((row) => (planOf(row)?.latePct ?? 0) <= lateAllowedPct);
    const late = possible.filter((row) => !inTime(row));
    const traces = overflowing(here).filter(({ trace }) => !syntheticNames.includes(trace));
    const dear = traces.filter(({ costOverBound }) => costOverBound > troubledCostMax);
    const punctual: Goal = {
      goal: `${condition}: late after ten minutes, wherever the replayed plan is in time`,
      wanted: `≤ ${lateAllowedPct} %`,
      reached: `${possible.length - late.length} of ${possible.length}, worst ${latest(possible)} %`,
      met: late.length === 0,
      because: late.map((row) => howLate(row, planOf(row))),
    };
    if (traces.length === 0) return [punctual];
    return [
      punctual,
      {
        goal: `${condition}: cost over the bound on traces`,
        wanted: `≤ ${troubledCostMax}`,
        reached: `${Math.max(...traces.map(({ costOverBound }) => costOverBound)).toFixed(3)} at worst`,
        met: dear.length === 0,
        because: dear.map((row) => `${where(row)}: ${wentInto(row, planOf(row))}`),
      },
    ];
  });
};

const judgeUsual = (rows: readonly Row[]): readonly Goal[] => {
  const mine = rows.filter(({ policy }) => policy === ours);
  const planOf = planAmong(rows);
  const goals: Goal[] = [];
  const goal = (what: string, wanted: string, reached: string, because: readonly string[], met: boolean): void => {
    goals.push({ goal: what, wanted, reached, met, because: met ? [] : because });
  };
  for (const deadline of [...new Set(mine.map(({ deadlineS }) => deadlineS))].toSorted((a, b) => a - b)) {
    const rowsHere = mine.filter(({ deadlineS }) => deadlineS === deadline);
    const lateRows = rowsHere.filter((row) => !inTime(row));
    goal(
      `D ${deadline} s: late in every scenario`,
      `≤ ${lateAllowedPct} %`,
      `${rowsHere.length - lateRows.length} of ${rowsHere.length}, worst ${latest(rowsHere)} %`,
      lateRows.map((row) => howLate(row, planOf(row))),
      lateRows.length === 0,
    );
    const over = overflowing(rowsHere);
    const limits = costMax[deadline];
    if (over.length === 0 || limits === undefined) continue;
    const { geo, total, max } = summarize(ours, rowsHere);
    const cost = (what: string, limit: number, value: number, reasons: readonly Row[]): void =>
      goal(
        `D ${deadline} s: cost over the bound, ${what}`,
        `≤ ${limit}`,
        value.toFixed(3),
        reasons.map((row) => `${where(row)}: ${wentInto(row, planOf(row))}`),
        value <= limit,
      );
    const ratio = ({ costOverBound }: { readonly costOverBound: number }): number => costOverBound;
    cost('geometric mean', limits.geo, geo, most(over, ratio));
    // Of the total those matter that lose the most hours, which are not those of the worst ratio.
    const hoursOver = ({ taskHours, boundTaskHours }: Row): number => taskHours - boundTaskHours;
    cost('in total', limits.total, total, most(over, hoursOver));
    const beyond = over.filter(({ costOverBound }) => costOverBound > limits.worst);
    cost('at worst', limits.worst, max, most(beyond, ratio));
    if (deadline !== 120) continue;
    const idle = over.filter(({ unusedPct }) => unusedPct > unusedPctMax);
    goal(
      `D ${deadline} s: Fargate seconds unused in every scenario`,
      `≤ ${unusedPctMax} %`,
      `${over.length - idle.length} of ${over.length}, worst ${Math.max(0, ...over.map(({ unusedPct }) => unusedPct))} %`,
      idle.map((row) => `${where(row)}: ${row.unusedPct} % (${row.starts} starts, peak ${row.peakTasks} tasks)`),
      idle.length === 0,
    );
  }
  const never = mine.filter(({ boundTaskHours }) => boundTaskHours === 0);
  if (never.length > 0) {
    const largest = Math.max(...never.map(({ taskHours }) => taskHours));
    goal(
      'a load that never overflows starts no burst worth naming',
      `≤ ${falseBurstTaskHoursMax} task-hours`,
      `${largest}`,
      never
        .filter(({ taskHours }) => taskHours > falseBurstTaskHoursMax)
        .map((row) => `${where(row)}: ${row.taskHours}`),
      largest <= falseBurstTaskHoursMax,
    );
  }
  // At the higher coverage a step goes from under the capacity to several times of it.
  const steps = mine.filter(({ firstLaunchS, deadlineS }) => firstLaunchS !== null && deadlineS === 120);
  if (steps.length > 0) {
    for (const [what, limit, read, why] of [
      ['first launch after a step', firstLaunchSMax, ({ firstLaunchS }: Row) => firstLaunchS ?? 0, () => ''],
      [
        'recall after its end',
        recallSMax,
        ({ recallS }: Row) => recallS ?? 0,
        // Least cost keeps the oldest message just inside the deadline, so the last of a step is due that long after it.
        ({ p99S, deadlineS }: Row) =>
          `, of which ${p99S ?? 'more than all'} s are how long messages waited (99th percentile; the objective allows ${deadlineS} s)`,
      ],
    ] as const) {
      const late = steps.filter((row) => read(row) > limit);
      goal(
        `D 120 s: ${what}`,
        `≤ ${limit} s`,
        `${Math.max(...steps.map(read))} s at worst`,
        late.map((row) => `${where(row)}: ${read(row)} s${why(row)}`),
        late.length === 0,
      );
    }
  }
  return goals;
};
