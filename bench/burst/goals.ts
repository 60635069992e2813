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

const costGeoMax: Readonly<Record<number, number>> = { 60: 1.35, 120: 1.12, 300: 1.07 };
const totalMax = 1.07;
const worstMax = 2.5;
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

const worstFirst = (rows: readonly Row[]): readonly Row[] =>
  rows.toSorted((a, b) => (b.costOverBound ?? 0) - (a.costOverBound ?? 0)).slice(0, 4);

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
  ...judgeUsual(rows.filter(({ condition }) => condition === usually)),
  ...judgeTroubled(rows.filter(({ condition }) => condition !== usually)),
];

/** Under a condition: in time wherever the plan itself, replayed under it, is; and not much dearer on real traffic. */
const judgeTroubled = (rows: readonly Row[]): readonly Goal[] => {
  const planOf = planAmong(rows);
  const mine = Map.groupBy(
    rows.filter(({ policy }) => policy === ours),
    ({ condition }) => condition,
  );
  return [...mine].flatMap(([condition, here]): Goal[] => {
    const possible = here.filter((row) => (planOf(row)?.latePct ?? 0) <= lateAllowedPct);
    const late = possible.filter(({ latePct }) => latePct > lateAllowedPct);
    const traces = overflowing(here).filter(({ trace }) => !syntheticNames.includes(trace));
    const dear = traces.filter(({ costOverBound }) => costOverBound > troubledCostMax);
    const inTime: Goal = {
      goal: `${condition}: late after ten minutes, wherever the replayed plan is in time`,
      wanted: `≤ ${lateAllowedPct} %`,
      reached: `${possible.length - late.length} of ${possible.length}, worst ${Math.max(0, ...possible.map(({ latePct }) => latePct))} %`,
      met: late.length === 0,
      because: late.map(
        (row) => `${where(row)}: ${row.latePct} % late; the plan, replayed, ${planOf(row)?.latePct ?? '?'} %`,
      ),
    };
    if (traces.length === 0) return [inTime];
    return [
      inTime,
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
  const goal = (said: string, wanted: string, reached: string, because: readonly string[], met: boolean): void => {
    goals.push({ goal: said, wanted, reached, met, because: met ? [] : because });
  };
  for (const deadline of [...new Set(mine.map(({ deadlineS }) => deadlineS))].toSorted((a, b) => a - b)) {
    const rowsHere = mine.filter(({ deadlineS }) => deadlineS === deadline);
    const lateRows = rowsHere.filter(({ latePct }) => latePct > lateAllowedPct);
    goal(
      `D ${deadline} s: late in every scenario`,
      `≤ ${lateAllowedPct} %`,
      `${rowsHere.length - lateRows.length} of ${rowsHere.length}, worst ${Math.max(0, ...rowsHere.map(({ latePct }) => latePct))} %`,
      lateRows.map(
        (row) => `${where(row)}: ${row.latePct} % late; the plan, replayed, ${planOf(row)?.latePct ?? '?'} %`,
      ),
      lateRows.length === 0,
    );
    const over = overflowing(rowsHere);
    const geoMax = costGeoMax[deadline];
    if (over.length === 0 || geoMax === undefined) continue;
    const { geo, total, max } = summarize(ours, rowsHere);
    const dear = worstFirst(over).map((row) => `${where(row)}: ${wentInto(row, planOf(row))}`);
    goal(`D ${deadline} s: cost over the bound, geometric mean`, `≤ ${geoMax}`, geo.toFixed(3), dear, geo <= geoMax);
    if (deadline !== 120) continue;
    // The dearest scenarios are told once.
    const told = geo > geoMax ? [] : dear;
    goal(`D ${deadline} s: cost over the bound, in total`, `≤ ${totalMax}`, total.toFixed(3), told, total <= totalMax);
    goal(`D ${deadline} s: cost over the bound, at worst`, `≤ ${worstMax}`, max.toFixed(3), told, max <= worstMax);
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
    const most = Math.max(...never.map(({ taskHours }) => taskHours));
    goal(
      'a load that never overflows starts no burst worth naming',
      `≤ ${falseBurstTaskHoursMax} task-hours`,
      `${most}`,
      never
        .filter(({ taskHours }) => taskHours > falseBurstTaskHoursMax)
        .map((row) => `${where(row)}: ${row.taskHours}`),
      most <= falseBurstTaskHoursMax,
    );
  }
  // At the higher coverage a step goes from under the capacity to several times of it.
  const steps = mine.filter(({ firstLaunchS, deadlineS }) => firstLaunchS !== null && deadlineS === 120);
  if (steps.length > 0) {
    for (const [said, most, read, why] of [
      ['first launch after a step', firstLaunchSMax, ({ firstLaunchS }: Row) => firstLaunchS ?? 0, () => ''],
      [
        'recall after its end',
        recallSMax,
        ({ recallS }: Row) => recallS ?? 0,
        // Least cost keeps the oldest message just inside the deadline, so the last of a step is due that long after it.
        ({ p99S, deadlineS }: Row) =>
          `, of which ${p99S} s are how long messages waited (99th percentile; the objective allows ${deadlineS} s)`,
      ],
    ] as const) {
      const late = steps.filter((row) => read(row) > most);
      goal(
        `D 120 s: ${said}`,
        `≤ ${most} s`,
        `${Math.max(...steps.map(read))} s at worst`,
        late.map((row) => `${where(row)}: ${read(row)} s${why(row)}`),
        late.length === 0,
      );
    }
  }
  return goals;
};
