import { notFound } from './errors.ts';

export interface LogEvent {
  /** Order of arrival over all streams: which of two events of one millisecond comes first. */
  readonly sequence: number;
  readonly stream: string;
  readonly timestampMs: number;
  readonly ingestedMs: number;
  readonly message: string;
}

/** Events that one stream keeps; older ones are dropped, so that a local cloud left running does not fill the memory. */
const eventsMax = 10_000;

export class LogStream {
  readonly name: string;
  readonly createdMs: number;
  events: LogEvent[] = [];

  constructor(name: string, createdMs: number) {
    this.name = name;
    this.createdMs = createdMs;
  }

  add(event: LogEvent): void {
    this.events.push(event);
    // In steps, since dropping from the front moves all the rest.
    if (this.events.length > eventsMax * 1.1) this.events = this.events.slice(-eventsMax);
  }
}

export class LogGroup {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  readonly streams = new Map<string, LogStream>();
  readonly tags = new Map<string, string>();
  readonly kmsKeyId: string | undefined;
  readonly logGroupClass: string;
  retentionDays: number | undefined;

  constructor(definition: {
    readonly name: string;
    readonly arn: string;
    readonly createdMs: number;
    readonly kmsKeyId: string | undefined;
    readonly logGroupClass: string | undefined;
  }) {
    this.name = definition.name;
    this.arn = definition.arn;
    this.createdMs = definition.createdMs;
    this.kmsKeyId = definition.kmsKeyId;
    this.logGroupClass = definition.logGroupClass ?? 'STANDARD';
  }

  /** @throws AwsError `ResourceNotFoundException` */
  stream(name: string | undefined): LogStream {
    const stream = this.streams.get(name ?? '');
    if (!stream) throw notFound('stream');
    return stream;
  }

  /** Events of a stream that the retention has not taken away. */
  kept(stream: LogStream, nowMs: number): readonly LogEvent[] {
    if (this.retentionDays === undefined) return stream.events;
    const fromMs = nowMs - this.retentionDays * 86_400_000;
    return stream.events.filter(({ timestampMs }) => timestampMs >= fromMs);
  }
}
