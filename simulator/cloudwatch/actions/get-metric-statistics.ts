import type {
  Datapoint,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
  StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { readStatistic } from '../alarm.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { missingParameter } from '../errors.ts';
import { dimensionsOf, statisticOf } from '../metric-store.ts';
import { readTime } from '../times.ts';

export const getMetricStatistics: ActionDefinition<
  CloudWatchService,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput
> = {
  partly: 'percentiles and other extended statistics',
  run: (service, input) => {
    const { Namespace: namespace, MetricName: name, Period: periodSeconds, Unit: unit } = input;
    if (!namespace) throw missingParameter('Namespace');
    if (!name) throw missingParameter('MetricName');
    if (!periodSeconds) throw missingParameter('Period');
    if (input.ExtendedStatistics?.length) throw notModelled('percentiles of metrics');
    const statistics = (input.Statistics ?? []).map(readStatistic);
    if (statistics.length === 0) throw missingParameter('Statistics');
    const { reader } = service;
    const first = reader.periodAt(readTime(input.StartTime, 'StartTime'), periodSeconds);
    const count = Math.max(0, reader.periodAt(readTime(input.EndTime, 'EndTime') - 1, periodSeconds) - first + 1);
    const query = {
      kind: 'metric' as const,
      id: name,
      namespace,
      name,
      dimensions: dimensionsOf(input.Dimensions),
      statistic: statistics[0] ?? 'Sum',
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
                ...Object.fromEntries(statistics.map((statistic) => [statistic, statisticOf(sample, statistic)])),
                Unit: each as StandardUnit,
              },
            ]
          : [],
      ),
    );
    return { Label: name, Datapoints: datapoints };
  },
};
