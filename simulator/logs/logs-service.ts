import type { ActionDefinition, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { createLogGroup } from './actions/create-log-group.ts';
import { createLogStream } from './actions/create-log-stream.ts';
import { deleteLogGroup } from './actions/delete-log-group.ts';
import { deleteLogStream } from './actions/delete-log-stream.ts';
import { deleteRetentionPolicy } from './actions/delete-retention-policy.ts';
import { describeLogGroups } from './actions/describe-log-groups.ts';
import { describeLogStreams } from './actions/describe-log-streams.ts';
import { filterLogEvents } from './actions/filter-log-events.ts';
import { getLogEvents } from './actions/get-log-events.ts';
import { listTagsForResource } from './actions/list-tags-for-resource.ts';
import { putLogEvents } from './actions/put-log-events.ts';
import { putRetentionPolicy } from './actions/put-retention-policy.ts';
import { tagResource } from './actions/tag-resource.ts';
import { untagResource } from './actions/untag-resource.ts';
import { embeddedMetrics, embeddedTime } from './embedded-metrics.ts';
import { invalidParameter, notFound } from './errors.ts';
import { LogGroup, LogStream } from './log-group.ts';

/** Amazon CloudWatch Logs; lines in the embedded metric format become metrics. */
export class LogsService implements SimulatedService {
  readonly name = 'logs';
  readonly ctx: ServiceContext;
  readonly groups = new Map<string, LogGroup>();
  #sequence = 0;

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<LogsService, any, any>>> = {
    CreateLogGroup: createLogGroup,
    CreateLogStream: createLogStream,
    DeleteLogGroup: deleteLogGroup,
    DeleteLogStream: deleteLogStream,
    DeleteRetentionPolicy: deleteRetentionPolicy,
    DescribeLogGroups: describeLogGroups,
    DescribeLogStreams: describeLogStreams,
    FilterLogEvents: filterLogEvents,
    GetLogEvents: getLogEvents,
    ListTagsForResource: listTagsForResource,
    PutLogEvents: putLogEvents,
    PutRetentionPolicy: putRetentionPolicy,
    TagResource: tagResource,
    UntagResource: untagResource,
  };

  constructor(ctx: ServiceContext) {
    this.ctx = ctx;
  }

  /** Takes a line from a log driver or from Lambda, which make group and stream where there are none. Never fails. */
  append({ group: groupName, stream: streamName, message }: { group: string; stream: string; message: string }): void {
    const nowMs = this.ctx.kernel.now();
    let group = this.groups.get(groupName);
    if (!group) {
      group = new LogGroup({
        name: groupName,
        arn: this.arnOf(groupName),
        createdMs: nowMs,
        kmsKeyId: undefined,
        logGroupClass: undefined,
      });
      this.groups.set(groupName, group);
    }
    let stream = group.streams.get(streamName);
    if (!stream) {
      stream = new LogStream(streamName, nowMs);
      group.streams.set(streamName, stream);
    }
    this.add(stream, message, nowMs);
  }

  add(stream: LogStream, message: string, timestampMs: number): void {
    const { kernel } = this.ctx;
    const ingestedMs = kernel.now();
    stream.add({ sequence: this.#sequence++, stream: stream.name, timestampMs, ingestedMs, message });
    const metrics = embeddedMetrics(message);
    if (metrics.length === 0) return;
    // In virtual time a library that stamps its lines by the wall clock is in another century; the event's time holds.
    const atMs = kernel.mode === 'live' ? (embeddedTime(message) ?? timestampMs) : timestampMs;
    for (const metric of metrics) this.ctx.metric({ ...metric, atMs });
  }

  arnOf(groupName: string): string {
    return `arn:aws:logs:${this.ctx.region}:${this.ctx.accountId}:log-group:${groupName}`;
  }

  /** @throws AwsError `ResourceNotFoundException` */
  group(nameOrArn: string | undefined): LogGroup {
    if (!nameOrArn) throw invalidParameter('logGroupName must be given');
    const group = this.groups.get(groupNameOf(nameOrArn));
    if (!group) throw notFound('group');
    return group;
  }
}

/** The name of a group from itself or from its ARN, which may end in `:*`. */
export const groupNameOf = (nameOrArn: string): string =>
  nameOrArn.startsWith('arn:') ? (nameOrArn.split(':')[6] ?? '') : nameOrArn;
