import type { ListMetricStreamsInput, ListMetricStreamsOutput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { listedStream } from '../metric-stream.ts';

const pageSize = 500;

export const listMetricStreams: ActionDefinition<CloudWatchService, ListMetricStreamsInput, ListMetricStreamsOutput> = {
  run: (service, input) => {
    const all = [...service.streams.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const start = Number(input.NextToken ?? 0);
    const end = start + (input.MaxResults ?? pageSize);
    return {
      Entries: all.slice(start, end).map(listedStream),
      ...(end < all.length ? { NextToken: String(end) } : {}),
    };
  },
};
