import type { PutLogEventsRequest, PutLogEventsResponse, RejectedLogEventsInfo } from '@aws-sdk/client-cloudwatch-logs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { invalidParameter } from '../errors.ts';
import type { LogsService } from '../logs-service.ts';
import { onGroup } from './on-group.ts';

/** Events older than two weeks, or more than two hours ahead, are left out of a batch (PutLogEvents). */
const pastMaxMs = 14 * 86_400_000;
const futureMaxMs = 2 * 3_600_000;

/** Sequence tokens are ignored since 2023; AWS still answers one. */
const sequenceToken = '49545295115971876468408574808414755329919666212443258898';

export const putLogEvents: ActionDefinition<LogsService, PutLogEventsRequest, PutLogEventsResponse> = {
  refuses: ['entity'],
  ...onGroup('PutLogEvents'),
  run: (service, input) => {
    const stream = service.group(input.logGroupName).stream(input.logStreamName);
    const events = input.logEvents ?? [];
    if (events.length < 1 || events.length > 10_000)
      throw invalidParameter(
        "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length between 1 and 10000",
      );
    const times = events.map(({ timestamp }) => Number(timestamp));
    if (times.some((time, index) => index > 0 && time < (times[index - 1] as number)))
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
    const nowMs = service.ctx.kernel.now();
    const tooOld = times.filter((time) => time < nowMs - pastMaxMs).length;
    const tooNew = times.findIndex((time) => time > nowMs + futureMaxMs);
    const accepted = events.slice(tooOld, tooNew < 0 ? undefined : tooNew);
    for (const { message, timestamp } of accepted) service.add(stream, message ?? '', Number(timestamp));
    const rejected: RejectedLogEventsInfo = {
      ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
      ...(tooNew >= 0 ? { tooNewLogEventStartIndex: tooNew } : {}),
    };
    return {
      nextSequenceToken: sequenceToken,
      ...(Object.keys(rejected).length > 0 ? { rejectedLogEventsInfo: rejected } : {}),
    };
  },
};
