import { type AttributeValue, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

/**
 * What this task tells of its work: an item of a table with its counters, and an event when a message waited for so
 * long that the deadline is in danger. Both are courtesies: one attempt each, and work goes on without them.
 */
export interface LoadReportOptions {
  readonly service: string;
  /** The queue with the deadline: its delays are counted, and messages of other queues only as work. */
  readonly queue: string;
  readonly deadlineSeconds: number;
  readonly tableName: string;
  readonly slots: number;
  readonly task: { readonly arn: string; readonly launchType: 'EXTERNAL' | 'FARGATE' };
  readonly clients: {
    readonly dynamodb: Pick<DynamoDBClient, 'send'>;
    readonly events: Pick<EventBridgeClient, 'send'>;
  };
  readonly clock: { now(): number };
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: (entry: Record<string, unknown>) => void;
}

/** Seconds from one report to the next while messages wait, and while they do not. */
export const reportSeconds = { pressed: 10, calm: 60 } as const;
/** A message that waited longer than this share of the deadline, and at most 5 s, says that others wait too. */
const pressedShare = 1 / 24;
const pressedSecondsMax = 5;
/** A message that waited longer than this share of the deadline is told at once. */
const saturatedShare = 1 / 8;
/** And not again for so long: the first event starts what there is to start, the others are for one that was lost. */
const saturatedEverySeconds = 30;
/** Points in a report: the last minute at the faster pace. */
const pointsMax = 7;
/** Reports are kept under the time they were made in, so that a reader asks for the last ones only. */
export const periodMs = 300_000;
/** Reports that nobody reads any more are deleted after this. */
const keepSeconds = 3_600;
/** Upper bounds of the delays that are counted together, as shares of the deadline; one more count is for the rest. */
export const delayBounds = [0.25, 0.5, 0.75, 0.9, 1, 1.25, 1.5, 2, 3, 5, 10] as const;

type Point = readonly [
  atMs: number,
  pickUps: number,
  otherPickUps: number,
  completions: number,
  failures: number,
  busyMs: number,
  headSentMs: number,
  headReceivedMs: number,
];

export class LoadReport {
  readonly #options: LoadReportOptions;
  readonly #startedMs: number;
  #pickUpDelays = noDelays();
  #completionDelays = noDelays();
  #period = '';
  /** The delays that the last report of this period told of. */
  #told = { pickUps: noDelays(), completions: noDelays() };
  readonly #points: Point[] = [];
  #pickUps = 0;
  #otherPickUps = 0;
  #completions = 0;
  #failures = 0;
  #busyMs = 0;
  #busySlots = 0;
  #busySinceMs: number;
  #head = { sentMs: 0, receivedMs: 0 };
  #pressed = true;
  #stopping = false;
  #saturatedMs = Number.NEGATIVE_INFINITY;
  #wake = new AbortController();
  /** One after the other, so that an older report never overwrites a newer one. */
  #written: Promise<void> = Promise.resolve();

  constructor(options: LoadReportOptions) {
    this.#options = options;
    this.#startedMs = options.clock.now();
    this.#busySinceMs = this.#startedMs;
  }

  /** A message was received. `sentMs`: `SentTimestamp`, undefined where the queue did not say. */
  received(queue: string, sentMs: number | undefined, receivedMs: number): void {
    const { deadlineSeconds } = this.#options;
    const ours = queue === this.#options.queue;
    if (ours) this.#pickUps += 1;
    else this.#otherPickUps += 1;
    if (sentMs === undefined) return;
    const delaySeconds = (receivedMs - sentMs) / 1_000;
    if (ours) {
      this.#head = { sentMs, receivedMs };
      countIn(this.#pickUpDelays, delaySeconds / deadlineSeconds);
      const pressed = delaySeconds > Math.min(pressedSecondsMax, deadlineSeconds * pressedShare);
      if (pressed && !this.#pressed) this.#wake.abort('pressed');
      this.#pressed = pressed;
    }
    if (delaySeconds >= deadlineSeconds * saturatedShare) void this.#tell(queue, delaySeconds, receivedMs);
  }

  /** Work on a message begins. @returns to be called once when it ends. */
  began(): () => void {
    this.#count();
    this.#busySlots += 1;
    return () => {
      this.#count();
      this.#busySlots -= 1;
    };
  }

  completed(queue: string, sentMs: number | undefined): void {
    this.#completions += 1;
    if (queue !== this.#options.queue || sentMs === undefined) return;
    const delaySeconds = (this.#options.clock.now() - sentMs) / 1_000;
    countIn(this.#completionDelays, delaySeconds / this.#options.deadlineSeconds);
  }

  failed(): void {
    this.#failures += 1;
  }

  /** Reports until the signal comes. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Nobody may wait longer than the report told, also when the last message that waited was received while it was written.
      const toldSeconds = this.#everySeconds;
      await this.#write();
      this.#wake = new AbortController();
      const stop = (): void => this.#wake.abort('stop');
      signal.addEventListener('abort', stop, { once: true });
      if (!signal.aborted)
        await this.#options.pause(Math.min(toldSeconds, this.#everySeconds) * 1_000, this.#wake.signal);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Says that this task picks up nothing more. */
  async stopping(): Promise<void> {
    this.#stopping = true;
    await this.#write();
  }

  get #everySeconds(): number {
    return this.#pressed ? reportSeconds.pressed : reportSeconds.calm;
  }

  #count(): void {
    const nowMs = this.#options.clock.now();
    this.#busyMs += this.#busySlots * (nowMs - this.#busySinceMs);
    this.#busySinceMs = nowMs;
  }

  #write(): Promise<void> {
    this.#written = this.#written.then(() => this.#writeNow());
    return this.#written;
  }

  async #writeNow(): Promise<void> {
    const { clients, clock, log, service, slots, tableName, task } = this.#options;
    const nowMs = clock.now();
    this.#count();
    this.#points.push([
      nowMs,
      this.#pickUps,
      this.#otherPickUps,
      this.#completions,
      this.#failures,
      this.#busyMs,
      this.#head.sentMs,
      this.#head.receivedMs,
    ]);
    this.#points.splice(0, this.#points.length - pointsMax);
    const id = task.arn.slice(task.arn.lastIndexOf('/') + 1);
    const period = new Date(Math.floor(nowMs / periodMs) * periodMs).toISOString();
    // Counted anew in each period, so that a reader can add the periods up; what was not told yet is told in the new one.
    if (this.#period !== '' && period !== this.#period) {
      this.#pickUpDelays = this.#pickUpDelays.map((count, index) => count - (this.#told.pickUps[index] ?? 0));
      this.#completionDelays = this.#completionDelays.map(
        (count, index) => count - (this.#told.completions[index] ?? 0),
      );
      this.#told = { pickUps: noDelays(), completions: noDelays() };
    }
    this.#period = period;
    const telling = { pickUps: [...this.#pickUpDelays], completions: [...this.#completionDelays] };
    const numbers = (values: readonly number[]): AttributeValue => ({
      L: values.map((value) => ({ N: String(value) })),
    });
    try {
      await clients.dynamodb.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            pk: { S: service },
            sk: { S: `${period}#${id}` },
            expiresAt: { N: String(Math.floor(nowMs / 1_000) + keepSeconds) },
            task: { S: id },
            capacity: { S: task.launchType === 'EXTERNAL' ? 'external' : 'fargate' },
            slots: { N: String(slots) },
            startedMs: { N: String(this.#startedMs) },
            everySeconds: { N: String(this.#everySeconds) },
            stopping: { BOOL: this.#stopping },
            points: { L: this.#points.map(numbers) },
            pickUpDelays: numbers(telling.pickUps),
            completionDelays: numbers(telling.completions),
          },
        }),
      );
      this.#told = telling;
    } catch (error) {
      log({ level: 'warn', message: 'load not reported', error: describe(error) });
    }
  }

  async #tell(queue: string, delaySeconds: number, nowMs: number): Promise<void> {
    if (nowMs - this.#saturatedMs < saturatedEverySeconds * 1_000) return;
    this.#saturatedMs = nowMs;
    const { clients, deadlineSeconds, log, service, task } = this.#options;
    const queueDelaySeconds = Math.round(delaySeconds * 10) / 10;
    try {
      const { FailedEntryCount } = await clients.events.send(
        new PutEventsCommand({
          Entries: [
            {
              Source: service,
              DetailType: 'Queue Saturated',
              Resources: [task.arn],
              Detail: JSON.stringify({ service, queue, queueDelaySeconds, deadlineSeconds }),
            },
          ],
        }),
      );
      log({ level: 'info', message: 'queue saturated', queue, queueDelaySeconds, told: FailedEntryCount !== 1 });
    } catch (error) {
      log({ level: 'warn', message: 'saturation not told', queue, queueDelaySeconds, error: describe(error) });
    }
  }
}

const noDelays = (): number[] => Array<number>(delayBounds.length + 1).fill(0);

const countIn = (counts: number[], share: number): void => {
  const found = delayBounds.findIndex((bound) => share <= bound);
  const index = found === -1 ? delayBounds.length : found;
  counts[index] = (counts[index] ?? 0) + 1;
};

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
