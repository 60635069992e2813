import type { TopLevelSpec } from 'vega-lite';
import { chartStyle, colours, renderChart } from './render-chart.ts';

/** What happened in a step of time, for the chart of a burst. */
export interface BurstStep {
  readonly seconds: number;
  readonly waiting: number;
  readonly externalTasks: number;
  readonly fargateTasks: number;
  /** The longest that a message picked up in this step had waited; left out where none was. */
  readonly longestWaitSeconds?: number;
}

/** Something that happened at one moment, drawn through all of the chart. */
export interface BurstMark {
  readonly seconds: number;
  readonly text: string;
}

/** Queue, capacity and lateness over time, one below the other, as SVG. */
export const burstChart = (
  title: string,
  subtitle: string,
  steps: readonly BurstStep[],
  deadlineSeconds: number,
  {
    marks = [],
    waitTitle = 'longest wait at pick-up, s',
  }: { readonly marks?: readonly BurstMark[]; readonly waitTitle?: string } = {},
): Promise<string> => {
  const ends = [...steps, ...marks].map(({ seconds }) => seconds / 60);
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  const scale = ends.length > 0 ? { domain: [from, to], nice: false } : {};
  const minutes = {
    field: 'minutes',
    type: 'quantitative',
    axis: { title: 'minutes', tickMinStep: 1 },
    scale,
  } as const;
  const hidden = { ...minutes, axis: { title: null, labels: false, tickMinStep: 1 } } as const;
  const rows = steps.map((step) => ({ ...step, minutes: step.seconds / 60 }));
  const stacked = rows.flatMap(({ minutes: at, externalTasks, fargateTasks }) => [
    { minutes: at, capacity: 'on premises', tasks: externalTasks, order: 0 },
    { minutes: at, capacity: 'Fargate', tasks: fargateTasks, order: 1 },
  ]);
  const width = 760;
  // One below the other: marks of a fast burst stand close together.
  const marked = marks.map(({ seconds, text }, index) => ({
    minutes: seconds / 60,
    text: `${text} ${seconds} s`,
    row: 8 + 14 * index,
    early: seconds / 60 < from + 0.7 * (to - from),
  }));
  const rules = (x: typeof minutes | typeof hidden) =>
    ({
      data: { values: marked },
      mark: { type: 'rule', color: '#444444', opacity: 0.5 },
      encoding: { x },
    }) as const;
  const names = (early: boolean) =>
    ({
      data: { values: marked.filter((mark) => mark.early === early) },
      mark: { type: 'text', align: early ? 'left' : 'right', dx: early ? 4 : -4, fontSize: 11, color: '#222222' },
      encoding: {
        x: hidden,
        y: { field: 'row', type: 'quantitative', scale: null, axis: null },
        text: { field: 'text' },
      },
    }) as const;
  const spec: TopLevelSpec = {
    ...chartStyle,
    title: { text: title, subtitle },
    spacing: 14,
    resolve: { legend: { color: 'independent' } },
    vconcat: [
      {
        width,
        height: 130,
        resolve: { scale: { y: 'independent' } },
        layer: [
          {
            data: { values: rows },
            mark: { type: 'area', interpolate: 'step-after', color: colours.waiting },
            encoding: { x: hidden, y: { field: 'waiting', type: 'quantitative', axis: { title: 'messages waiting' } } },
          },
          rules(hidden),
          names(true),
          names(false),
        ],
      },
      {
        width,
        height: 130,
        layer: [
          {
            data: { values: stacked },
            mark: { type: 'area', interpolate: 'step-after' },
            encoding: {
              x: hidden,
              y: {
                field: 'tasks',
                type: 'quantitative',
                stack: 'zero',
                axis: { title: 'tasks that work', tickMinStep: 1 },
              },
              order: { field: 'order' },
              color: {
                field: 'capacity',
                type: 'nominal',
                sort: ['on premises', 'Fargate'],
                scale: { domain: ['on premises', 'Fargate'], range: [colours.external, colours.fargate] },
                // Inside, where it belongs to one of three charts.
                legend: { title: null, orient: 'top-left', fillColor: 'white', padding: 4 },
              },
            },
          },
          rules(hidden),
        ],
      },
      {
        width,
        height: 130,
        layer: [
          {
            data: { values: rows.filter(({ longestWaitSeconds }) => longestWaitSeconds !== undefined) },
            mark: { type: 'line', interpolate: 'monotone', strokeWidth: 1.5, color: colours.external },
            encoding: {
              x: minutes,
              y: {
                field: 'longestWaitSeconds',
                type: 'quantitative',
                axis: { title: waitTitle },
              },
            },
          },
          {
            data: { values: [{ deadlineSeconds }] },
            mark: { type: 'rule', color: colours.late, strokeDash: [6, 4], strokeWidth: 1.5 },
            encoding: { y: { field: 'deadlineSeconds', type: 'quantitative' } },
          },
          {
            data: { values: [{ deadlineSeconds, text: `objective ${deadlineSeconds} s` }] },
            mark: { type: 'text', align: 'right', baseline: 'top', dx: -4, dy: 4, color: colours.late },
            encoding: {
              y: { field: 'deadlineSeconds', type: 'quantitative' },
              x: { value: width },
              text: { field: 'text' },
            },
          },
          rules(minutes),
        ],
      },
    ],
  };
  return renderChart(spec);
};
