import type { DescribeLogStreamsRequest, DescribeLogStreamsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LogsService } from '../logs-service.ts';
import { groupOf, onGroup } from './on-group.ts';

export const describeLogStreams: ActionDefinition<LogsService, DescribeLogStreamsRequest, DescribeLogStreamsResponse> =
  {
    ...onGroup('DescribeLogStreams'),
    run: (service, input) => {
      const group = service.group(groupOf(input));
      const streams = [...group.streams.values()]
        .filter(({ name }) => name.startsWith(input.logStreamNamePrefix ?? ''))
        .sort((a, b) => {
          const byTime = (a.events.at(-1)?.timestampMs ?? 0) - (b.events.at(-1)?.timestampMs ?? 0);
          return (input.orderBy === 'LastEventTime' ? byTime : 0) || (a.name < b.name ? -1 : 1);
        });
      if (input.descending) streams.reverse();
      const start = Number(input.nextToken ?? 0);
      const end = start + (input.limit ?? 50);
      return {
        logStreams: streams.slice(start, end).map((stream) => {
          const first = stream.events[0];
          const last = stream.events.at(-1);
          return {
            logStreamName: stream.name,
            creationTime: stream.createdMs,
            ...(first && last
              ? {
                  firstEventTimestamp: first.timestampMs,
                  lastEventTimestamp: last.timestampMs,
                  lastIngestionTime: last.ingestedMs,
                }
              : {}),
            arn: `${group.arn}:log-stream:${stream.name}`,
            storedBytes: 0,
          };
        }),
        ...(end < streams.length ? { nextToken: String(end) } : {}),
      };
    },
  };
