import type { GetLogEventsRequest, GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { invalidParameter } from '../errors.ts';
import type { LogsService } from '../logs-service.ts';
import { groupOf, onGroup } from './on-group.ts';

const limitMax = 10_000;

export const getLogEvents: ActionDefinition<LogsService, GetLogEventsRequest, GetLogEventsResponse> = {
  ...onGroup('GetLogEvents'),
  run: (service, input) => {
    const group = service.group(groupOf(input));
    const from = input.startTime ?? Number.NEGATIVE_INFINITY;
    const to = input.endTime ?? Number.POSITIVE_INFINITY;
    const events = group
      .kept(group.stream(input.logStreamName), service.ctx.kernel.now())
      .filter(({ timestampMs }) => timestampMs >= from && timestampMs < to)
      .sort((a, b) => a.timestampMs - b.timestampMs || a.sequence - b.sequence);
    const limit = input.limit ?? limitMax;
    const token = /^([fb])\/(\d+)$/.exec(input.nextToken ?? '');
    if (input.nextToken !== undefined && !token) throw invalidParameter('The specified nextToken is invalid.');
    // A token names a border between events, by the sequence of the event after it.
    const border = token ? events.findIndex(({ sequence }) => sequence >= Number(token[2])) : undefined;
    const at = border === -1 ? events.length : border;
    let start: number;
    if (at === undefined) start = input.startFromHead ? 0 : Math.max(0, events.length - limit);
    else start = token?.[1] === 'f' ? at : Math.max(0, at - limit);
    const end = token?.[1] === 'b' ? (at as number) : Math.min(events.length, start + limit);
    const page = events.slice(start, end);
    const before = page[0]?.sequence ?? Number(token?.[2] ?? 0);
    const last = page.at(-1);
    const after = last ? last.sequence + 1 : Number(token?.[2] ?? 0);
    return {
      events: page.map(({ timestampMs, message, ingestedMs }) => ({
        timestamp: timestampMs,
        message,
        ingestionTime: ingestedMs,
      })),
      nextForwardToken: `f/${after}`,
      nextBackwardToken: `b/${before}`,
    };
  },
};
