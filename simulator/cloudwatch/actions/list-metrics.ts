import type { ListMetricsInput, ListMetricsOutput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';

const pageSize = 500;

/** What `PT3H`, the only value of `RecentlyActive`, stands for. */
const recentMs = 3 * 3_600_000;

export const listMetrics: ActionDefinition<CloudWatchService, ListMetricsInput, ListMetricsOutput> = {
  refuses: ['IncludeLinkedAccounts', 'OwningAccount'],
  run: (service, input) => {
    const activeFromMs =
      input.RecentlyActive === undefined ? undefined : service.ctx.kernel.now() - service.ctx.kernel.paced(recentMs);
    const matching = service.store.metrics.filter(
      ({ namespace, name, dimensions }) =>
        (activeFromMs === undefined || service.store.newestMs({ namespace, name, dimensions }) >= activeFromMs) &&
        (input.Namespace === undefined || namespace === input.Namespace) &&
        (input.MetricName === undefined || name === input.MetricName) &&
        (input.Dimensions ?? []).every(
          ({ Name = '', Value }) =>
            dimensions[Name] !== undefined && (Value === undefined || dimensions[Name] === Value),
        ),
    );
    const start = Number(input.NextToken ?? 0);
    const end = start + pageSize;
    return {
      Metrics: matching.slice(start, end).map(({ namespace, name, dimensions }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      })),
      ...(end < matching.length ? { NextToken: String(end) } : {}),
    };
  },
};
