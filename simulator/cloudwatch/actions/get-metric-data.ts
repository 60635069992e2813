import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import { type AlarmQuery, readStatistic } from '../alarm.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { missingParameter, validation } from '../errors.ts';
import { dimensionsOf } from '../metric-store.ts';
import { readTime } from '../times.ts';

export const getMetricData: ActionDefinition<CloudWatchService, GetMetricDataInput, GetMetricDataOutput> = {
  refuses: ['LabelOptions', 'MaxDatapoints'],
  partly:
    'percentiles and other extended statistics, functions of metric math beyond AVG, MIN, MAX, SUM, DATAPOINT_COUNT, ABS, CEIL, FLOOR, FILL, IF, PERIOD, TIME_SERIES, DIFF, RATE, FIRST, LAST and METRICS',
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
    return { MetricDataResults: results, Messages: [] };
  },
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
