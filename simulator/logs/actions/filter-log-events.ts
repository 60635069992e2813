import type { FilterLogEventsRequest, FilterLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { invalidParameter } from '../errors.ts';
import { readFilterPattern } from '../filter-pattern.ts';
import type { LogsService } from '../logs-service.ts';
import { groupOf, onGroup } from './on-group.ts';

const limitMax = 10_000;

export const filterLogEvents: ActionDefinition<LogsService, FilterLogEventsRequest, FilterLogEventsResponse> = {
  partly: 'space-delimited patterns, regular expressions',
  ...onGroup('FilterLogEvents'),
  run: (service, input) => {
    const group = service.group(groupOf(input));
    const { logStreamNames, logStreamNamePrefix, startTime, endTime, nextToken } = input;
    if (logStreamNames && logStreamNamePrefix !== undefined)
      throw invalidParameter('Cannot specify both logStreamNames and logStreamNamePrefix');
    const matches = readFilterPattern(input.filterPattern ?? '');
    const nowMs = service.ctx.kernel.now();
    const events = [...group.streams.values()]
      .filter(({ name }) =>
        logStreamNames ? logStreamNames.includes(name) : name.startsWith(logStreamNamePrefix ?? ''),
      )
      .flatMap((stream) => group.kept(stream, nowMs))
      .filter(
        ({ timestampMs, message }) =>
          timestampMs >= (startTime ?? Number.NEGATIVE_INFINITY) &&
          timestampMs <= (endTime ?? Number.POSITIVE_INFINITY) &&
          matches(message),
      )
      .sort((a, b) => a.timestampMs - b.timestampMs || a.sequence - b.sequence);
    const [afterMs, afterSequence] = (nextToken ?? '').split(':').map(Number);
    const rest =
      nextToken === undefined || afterMs === undefined || afterSequence === undefined
        ? events
        : events.filter(
            ({ timestampMs, sequence }) =>
              timestampMs > afterMs || (timestampMs === afterMs && sequence > afterSequence),
          );
    const page = rest.slice(0, input.limit ?? limitMax);
    const last = page.at(-1);
    return {
      events: page.map(({ stream, timestampMs, message, ingestedMs, sequence }) => ({
        logStreamName: stream,
        timestamp: timestampMs,
        message,
        ingestionTime: ingestedMs,
        eventId: String(sequence).padStart(56, '0'),
      })),
      searchedLogStreams: [],
      ...(last && page.length < rest.length ? { nextToken: `${last.timestampMs}:${last.sequence}` } : {}),
    };
  },
};
