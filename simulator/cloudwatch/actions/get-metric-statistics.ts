import type {
  Datapoint,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
  StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { missingParameter } from '../errors.ts';
import { dimensionsOf, type Sample } from '../metric-store.ts';
import { readStatistic, type Statistic, statisticOf } from '../statistic.ts';
import { readTime } from '../times.ts';

export const getMetricStatistics: ActionDefinition<
  CloudWatchService,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput
> = {
  partly: 'extended statistics of more than 180 periods ago',
  run: (service, input) => {
    const { Namespace: namespace, MetricName: name, Period: periodSeconds, Unit: unit } = input;
    if (!namespace) throw missingParameter('Namespace');
    if (!name) throw missingParameter('MetricName');
    if (!periodSeconds) throw missingParameter('Period');
    const statistics = (input.Statistics ?? []).map(readStatistic);
    const extended = (input.ExtendedStatistics ?? []).map(readStatistic);
    if (statistics.length + extended.length === 0) throw missingParameter('Statistics');
    const { reader } = service;
    const first = reader.periodAt(readTime(input.StartTime, 'StartTime'), periodSeconds);
    const count = Math.max(0, reader.periodAt(readTime(input.EndTime, 'EndTime') - 1, periodSeconds) - first + 1);
    const query = {
      kind: 'metric' as const,
      id: name,
      namespace,
      name,
      dimensions: dimensionsOf(input.Dimensions),
      statistic: 'Sum',
      label: undefined,
    };
    // Without a unit, the values of each unit are datapoints of their own (API_GetMetricStatistics, Unit).
    const units = unit === undefined ? service.store.unitsOf(query) : [unit];
    const datapoints = units.flatMap((each) =>
      reader.samples({ ...query, unit: each }, { periodSeconds, first, count }).flatMap((sample, index): Datapoint[] =>
        sample
          ? [
              {
                Timestamp: new Date(reader.startOf(first + index, periodSeconds)),
                ...valuesOf(sample, statistics),
                ...(extended.length > 0 ? { ExtendedStatistics: valuesOf(sample, extended) } : {}),
                Unit: each as StandardUnit,
              },
            ]
          : [],
      ),
    );
    return { Label: name, Datapoints: datapoints };
  },
};

const valuesOf = (sample: Sample, statistics: readonly Statistic[]): Record<string, number> =>
  Object.fromEntries(
    statistics.flatMap((statistic) => {
      const value = statisticOf(sample, statistic);
      return value === undefined ? [] : [[statistic, value]];
    }),
  );
