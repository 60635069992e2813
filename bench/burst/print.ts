import { usually } from '../../local/replay/conditions.ts';
import { ours } from '../../local/replay/run-cell.ts';
import type { Goal } from './goals.ts';
import type { Row } from './rows.ts';
import { summarize } from './summary.ts';

/** Columns aligned: the first to the left, the others to the right. */
const table = (head: readonly string[], rows: readonly (readonly string[])[], leftColumns = 1): string => {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column < leftColumns ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

const number = (value: number, digits = 2): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');

/** All policies over all scenarios that overflow, one table for each deadline and condition. */
export const printSummaries = (rows: readonly Row[]): string =>
  [
    ...Map.groupBy(
      rows,
      ({ deadlineS, condition }) => `D = ${deadlineS} s${condition === usually ? '' : `, ${condition}`}`,
    ),
  ]
    .toSorted(([, [a]], [, [b]]) => (a?.deadlineS ?? 0) - (b?.deadlineS ?? 0))
    .map(([title, here]) => {
      const policies = [...new Set(here.map(({ policy }) => policy))];
      const summaries = policies.map((policy) =>
        summarize(
          policy,
          here.filter((row) => row.policy === policy),
        ),
      );
      const scenarios = summaries[0]?.scenarios ?? 0;
      return [
        `${title}: ${scenarios} scenarios with a bound of at least 0.5 task-hours`,
        table(
          [
            'policy',
            'late % mean (max)',
            'lost, twice',
            '≤ 0.1 %',
            'cost/bound geo',
            'median',
            'p90',
            'max',
            'total',
            'unused % median (max)',
            'starts a bound-hour',
          ],
          summaries.map((each) => [
            each.policy,
            `${number(each.lateMean)} (${number(each.lateMax, 1)})`,
            `${each.lost}, ${each.doneTwice}`,
            `${each.inTime}/${each.scenarios}`,
            number(each.geo),
            number(each.median),
            number(each.p90),
            number(each.max),
            number(each.total),
            `${number(each.unusedMedian, 0)} (${number(each.unusedMax, 0)})`,
            number(each.startsPerBoundHour, 1),
          ]),
        ),
      ].join('\n');
    })
    .join('\n\n');

/** Each scenario of one policy. */
export const printScenarios = (rows: readonly Row[], policy = ours): string => {
  const mine = rows.filter((row) => row.policy === policy);
  const several = new Set(mine.map(({ condition }) => condition)).size > 1;
  return [
    `${policy}, scenario by scenario`,
    table(
      [
        'load',
        ...(several ? ['condition'] : []),
        'coverage',
        'D s',
        'late %',
        'lost',
        'twice',
        'p99 s',
        'task-hours',
        'bound',
        'cost/bound',
        'unused %',
        'starts',
        'peak',
        'first launch s',
        'recall s',
      ],
      mine.map((row) => [
        row.trace,
        ...(several ? [row.condition] : []),
        String(row.coverage),
        String(row.deadlineS),
        number(row.latePct, 3),
        String(row.lost),
        String(row.doneTwice),
        row.p99S === null ? '-' : number(row.p99S, 0),
        number(row.taskHours),
        number(row.boundTaskHours),
        row.costOverBound === null ? '-' : number(row.costOverBound, 3),
        number(row.unusedPct, 1),
        number(row.starts, 0),
        number(row.peakTasks, 0),
        row.firstLaunchS === null ? '-' : String(row.firstLaunchS),
        row.recallS === null ? '-' : String(row.recallS),
      ]),
      several ? 2 : 1,
    ),
  ].join('\n');
};

export const printGoals = (goals: readonly Goal[]): string =>
  [
    'Goals',
    ...goals.flatMap(({ goal, wanted, reached, met, because }) => [
      `  ${met ? 'met    ' : 'NOT MET'}  ${goal}: ${reached} (goal ${wanted})`,
      ...because.map((line) => `             ${line}`),
    ]),
  ].join('\n');
