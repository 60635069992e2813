import type { TopLevelSpec } from 'vega-lite';
import { chartStyle, colours, renderChart } from '../../cli/charts/render-chart.ts';
import type { Row } from './rows.ts';
import { lateAllowedPct, overflowing } from './summary.ts';

/** Every scenario of every policy: what it cost over the bound, and whether its messages were in time. */
export const policyChart = (rows: readonly Row[]): Promise<string> => {
  const policies = [...new Set(rows.map(({ policy }) => policy))];
  const points = overflowing(rows)
    .filter(({ costOverBound }) => costOverBound > 0)
    .map(({ policy, costOverBound, latePct, deadlineS }) => ({
      policy,
      costOverBound,
      deadline: `D = ${deadlineS} s`,
      late: latePct <= lateAllowedPct ? `at most ${lateAllowedPct} % late` : `more than ${lateAllowedPct} % late`,
    }));
  const deadlines = [...new Set(rows.map(({ deadlineS }) => deadlineS))].toSorted((a, b) => a - b);
  const spec: TopLevelSpec = {
    ...chartStyle,
    title: {
      text: 'What bursts cost over the offline optimum, and whether messages were picked up in time',
      subtitle:
        'One mark a scenario; 1 is the least that anybody could have paid. On premises only costs nothing and is not shown.',
    },
    data: { values: points },
    facet: { row: { field: 'deadline', sort: deadlines.map((each) => `D = ${each} s`), title: null } },
    spec: {
      width: 640,
      height: { step: 20 },
      mark: { type: 'point', filled: true, opacity: 0.75, size: 55 },
      encoding: {
        x: {
          field: 'costOverBound',
          type: 'quantitative',
          scale: { type: 'log' },
          axis: { title: 'billed task-hours over the offline bound', values: [0.5, 1, 1.5, 2, 3, 5, 10, 20, 50] },
        },
        y: { field: 'policy', type: 'nominal', sort: policies, axis: { title: null, grid: true } },
        color: {
          field: 'late',
          type: 'nominal',
          scale: {
            domain: [`at most ${lateAllowedPct} % late`, `more than ${lateAllowedPct} % late`],
            range: [colours.good, colours.late],
          },
          legend: { title: null, orient: 'top' },
        },
        shape: { field: 'late', type: 'nominal', legend: { title: null, orient: 'top' } },
      },
    },
  };
  return renderChart(spec);
};
