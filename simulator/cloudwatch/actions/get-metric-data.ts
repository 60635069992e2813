import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { AlarmQuery } from '../alarm.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { missingParameter, validation } from '../errors.ts';
import { dimensionsOf } from '../metric-store.ts';
import { readStatistic } from '../statistic.ts';
import { readTime } from '../times.ts';

export const getMetricData: ActionDefinition<CloudWatchService, GetMetricDataInput, GetMetricDataOutput> = {
  refuses: ['LabelOptions'],
  partly:
    'extended statistics of more than 180 periods ago, functions of metric math beyond AVG, MIN, MAX, SUM, DATAPOINT_COUNT, ABS, CEIL, FLOOR, FILL, IF, PERIOD, TIME_SERIES, DIFF, DIFF_TIME, RATE, FIRST, LAST, LOG, LOG10, METRICS, REMOVE_EMPTY, RUNNING_SUM and STDDEV',
  run: (service, input) => {
    if (!input.StartTime) throw missingParameter('StartTime');
    if (!input.EndTime) throw missingParameter('EndTime');
    const startMs = readTime(input.StartTime, 'StartTime');
    const endMs = readTime(input.EndTime, 'EndTime');
    if (startMs >= endMs) throw validation('The parameter StartTime must be less than the parameter EndTime.');
    const requested = input.MetricDataQueries ?? [];
    const queries = requested.map(readQuery);
    const periods = requested.flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
    const { reader } = service;
    const results = requested
      .filter(({ ReturnData }) => ReturnData ?? true)
      .map((request): MetricDataResult => {
        const id = request.Id as string;
        // An expression is evaluated with the longest period of the metrics, unless it names its own.
        const periodSeconds = request.MetricStat?.Period ?? request.Period ?? Math.max(60, ...periods);
        const first = reader.periodAt(startMs, periodSeconds);
        const count = reader.periodAt(endMs - 1, periodSeconds) - first + 1;
        const points = reader
          .series(id, queries, { periodSeconds, first, count })
          .flatMap((value, index) =>
            value === undefined || Number.isNaN(value)
              ? []
              : [{ time: new Date(reader.startOf(first + index, periodSeconds)), value }],
          );
        if (input.ScanBy !== 'TimestampAscending') points.reverse();
        return {
          Id: id,
          Label: request.Label ?? labelOf(request, requested),
          Timestamps: points.map(({ time }) => time),
          Values: points.map(({ value }) => value),
          StatusCode: 'Complete',
        };
      });
    const { page, next } = paged(results, input.MaxDatapoints ?? datapointsMax, Number(input.NextToken ?? 0));
    return { MetricDataResults: page, ...(next === undefined ? {} : { NextToken: String(next) }), Messages: [] };
  },
};

/** The most datapoints of one answer (API_GetMetricData). */
const datapointsMax = 100_800;

/**
 * The results of one answer: `max` datapoints from the one with number `start` on, in the order of the results. One
 * that goes on in the next answer says so; one whose datapoints are all in other answers is left out.
 */
const paged = (
  results: readonly MetricDataResult[],
  max: number,
  start: number,
): { readonly page: MetricDataResult[]; readonly next: number | undefined } => {
  const end = start + max;
  let position = 0;
  const page = results.flatMap((result): MetricDataResult[] => {
    const from = position;
    const { Timestamps: times = [], Values: values = [] } = result;
    position += values.length;
    if (values.length === 0) return from >= start && from < end ? [result] : [];
    const [first, last] = [Math.max(start - from, 0), Math.min(end - from, values.length)];
    if (first >= last) return [];
    return [
      {
        ...result,
        Timestamps: times.slice(first, last),
        Values: values.slice(first, last),
        StatusCode: last < values.length ? 'PartialData' : 'Complete',
      },
    ];
  });
  return { page, next: end < position ? end : undefined };
};

const readQuery = (query: MetricDataQuery): AlarmQuery => {
  const { Id: id, Label: label, Expression: expression, MetricStat: stat } = query;
  if (!id) throw missingParameter('MetricDataQueries.member.1.Id');
  if (expression !== undefined) return { kind: 'expression', id, expression, label };
  if (!stat?.Metric?.Namespace || !stat.Metric.MetricName || !stat.Period)
    throw validation(`The query '${id}' needs an Expression or a MetricStat`);
  return {
    kind: 'metric',
    id,
    namespace: stat.Metric.Namespace,
    name: stat.Metric.MetricName,
    dimensions: dimensionsOf(stat.Metric.Dimensions),
    statistic: readStatistic(stat.Stat),
    unit: stat.Unit,
    label,
  };
};

/** The name of the metric, and whatever of statistic and period tells the queries of one request apart. */
const labelOf = (query: MetricDataQuery, all: readonly MetricDataQuery[]): string => {
  const stat = query.MetricStat;
  if (!stat) return query.Id as string;
  const differ = (read: (query: MetricDataQuery) => unknown): boolean =>
    new Set(all.filter(({ MetricStat }) => MetricStat).map(read)).size > 1;
  return [
    stat.Metric?.MetricName,
    ...(differ(({ MetricStat }) => MetricStat?.Stat) ? [stat.Stat] : []),
    ...(differ(({ MetricStat }) => MetricStat?.Period) ? [stat.Period] : []),
  ].join(' ');
};
