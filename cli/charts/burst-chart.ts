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

/** Up to so many seconds the axis counts them, and minutes beyond. */
const inSecondsMax = 180;

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
  const moments = [...steps, ...marks].map(({ seconds }) => seconds);
  const [first, last] = moments.reduce(
    ([least, most], at) => [Math.min(least, at), Math.max(most, at)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  // A burst of a minute has no two full minutes to be marked.
  const unit = last - first < inSecondsMax ? { name: 'seconds', seconds: 1 } : { name: 'minutes', seconds: 60 };
  const from = first / unit.seconds;
  // An axis of no length has one label, 0.000000: what was refused is over at the moment at which it began.
  const to = last > first ? last / unit.seconds : from + 1;
  const scale = moments.length > 0 ? { domain: [from, to], nice: false } : {};
  const time = {
    field: 'at',
    type: 'quantitative',
    axis: { title: unit.name, tickMinStep: 1 },
    scale,
  } as const;
  const hidden = { ...time, axis: { title: null, labels: false, tickMinStep: 1 } } as const;
  const rows = steps.map((step) => ({ ...step, at: step.seconds / unit.seconds }));
  const stacked = rows.flatMap(({ at, externalTasks, fargateTasks }) => [
    { at, capacity: 'on premises', tasks: externalTasks, order: 0 },
    { at, capacity: 'Fargate', tasks: fargateTasks, order: 1 },
  ]);
  const width = 760;
  /** Of an axis that would have no length, since nothing stands above 0. */
  const upToOne = (values: readonly number[]) =>
    values.some((value) => value > 0) ? {} : { scale: { domain: [0, 1] } };
  const [waiting, tasks, waits] = [
    upToOne(steps.map((step) => step.waiting)),
    upToOne(steps.map(({ externalTasks, fargateTasks }) => externalTasks + fargateTasks)),
    upToOne([deadlineSeconds, ...steps.map(({ longestWaitSeconds = 0 }) => longestWaitSeconds)]),
  ];
  // One below the other: marks of a fast burst stand close together.
  const marked = marks.map(({ seconds, text }, index) => ({
    at: seconds / unit.seconds,
    text: `${text} ${seconds} s`,
    row: 8 + 14 * index,
    early: seconds / unit.seconds < from + 0.7 * (to - from),
  }));
  const rules = (x: typeof time | typeof hidden) =>
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
            encoding: {
              x: hidden,
              y: {
                field: 'waiting',
                type: 'quantitative',
                axis: { title: 'messages waiting', tickMinStep: 1 },
                ...waiting,
              },
            },
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
                ...tasks,
              },
              order: { field: 'order' },
              color: {
                field: 'capacity',
                type: 'nominal',
                sort: ['on premises', 'Fargate'],
                scale: { domain: ['on premises', 'Fargate'], range: [colours.external, colours.fargate] },
                // Between this chart and the one above: inside it would hide what it explains.
                legend: { title: null, orient: 'top', direction: 'horizontal', offset: 2, padding: 0 },
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
              x: time,
              y: {
                field: 'longestWaitSeconds',
                type: 'quantitative',
                axis: { title: waitTitle },
                ...waits,
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
          rules(time),
        ],
      },
    ],
  };
  return renderChart(spec);
};
