import type { DescribeAlarmsForMetricInput, DescribeAlarmsForMetricOutput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { dimensionsOf } from '../metric-store.ts';

export const describeAlarmsForMetric: ActionDefinition<
  CloudWatchService,
  DescribeAlarmsForMetricInput,
  DescribeAlarmsForMetricOutput
> = {
  run: (service, input) => {
    const wanted = JSON.stringify(Object.entries(dimensionsOf(input.Dimensions)).sort());
    const statistic = input.Statistic ?? input.ExtendedStatistic;
    return {
      MetricAlarms: [...service.alarms.values()]
        .filter(({ queries, periodSeconds }) =>
          queries.some(
            (query) =>
              query.kind === 'metric' &&
              query.namespace === input.Namespace &&
              query.name === input.MetricName &&
              JSON.stringify(Object.entries(query.dimensions).sort()) === wanted &&
              (statistic === undefined || query.statistic === statistic) &&
              (input.Period === undefined || periodSeconds === input.Period) &&
              (input.Unit === undefined || query.unit === input.Unit),
          ),
        )
        .map((alarm) => alarm.describe()),
    };
  },
};
