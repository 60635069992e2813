import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** A chart as SVG, rendered without a browser. */
export const renderChart = async (spec: TopLevelSpec): Promise<string> =>
  `${await new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG()}\n`;

/** What all charts share: plain, readable in print, no colour that one in twelve men cannot tell apart. */
export const chartStyle = {
  background: 'white',
  padding: 16,
  config: {
    font: 'Helvetica, Arial, sans-serif',
    axis: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', gridColor: '#e6e6e6', labelLimit: 0 },
    title: { fontSize: 15, subtitleFontSize: 12, anchor: 'start', offset: 12 },
    legend: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 0 },
    header: { labelFontSize: 12, labelAngle: 0, labelOrient: 'top', labelAnchor: 'start', labelLimit: 0 },
    view: { stroke: '#cccccc' },
  },
} as const satisfies Partial<TopLevelSpec>;

/** Colours of Okabe and Ito. */
export const colours = {
  external: '#0072b2',
  fargate: '#e69f00',
  waiting: '#999999',
  late: '#d55e00',
  good: '#009e73',
} as const;
