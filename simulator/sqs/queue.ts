import { Heap } from '../kernel/heap.ts';
import type { Kernel, Timer } from '../kernel/kernel.ts';
import { sqsErrors } from './errors.ts';
import type { Message } from './message.ts';

/** Standard queues hold about 120,000 messages in flight (AWSSimpleQueueService quotas-messages). */
export const inFlightMax = 120_000;

/** The longest that a message stays invisible, counted from its ReceiveMessage; extensions do not start it anew: 12 h. */
export const visibilityMaxSeconds = 43_200;

/** After this many receives a message no longer counts for the age metric: AWS takes it for a poison pill. */
const poisonReceives = 3;

export interface Counts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** What happened since the last minute's metrics. */
export interface Traffic {
  sent: number;
  received: number;
  deleted: number;
  emptyReceives: number;
}

export interface ReceiveOptions {
  readonly max: number;
  readonly visibilitySeconds: number;
  readonly waitSeconds: number;
  readonly signal: AbortSignal | undefined;
}

export interface Redrive {
  readonly maxReceiveCount: number;
  /** @returns false when there is no such dead-letter queue any more: the message then stays where it is. */
  readonly move: (message: Message) => boolean;
}

interface Waiter {
  readonly options: ReceiveOptions;
  readonly finish: (messages: Message[]) => void;
}

/**
 * The messages of one standard queue. Every operation first settles what time has changed (delays, visibility,
 * retention), so counts are right whenever they are read; a timer runs only while somebody waits in a long poll.
 * Nothing scans: visible messages, due times and ages each have their own heap, and heaps drop dead entries lazily.
 */
export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly attributes = new Map<string, string>();
  readonly tags = new Map<string, string>();
  readonly createdMs: number;
  modifiedMs: number;
  lastActiveMs: number;
  /** While a queue wakes up from its sleep it publishes no metrics until this time. */
  metricsFromMs = 0;
  lastPurgeMs = Number.NEGATIVE_INFINITY;
  traffic: Traffic = { sent: 0, received: 0, deleted: 0, emptyReceives: 0 };

  readonly #kernel: Kernel;
  readonly #redrive: () => Redrive | undefined;
  readonly #messages = new Map<string, Message>();
  /** By the handle of the last receive, as long as it is good for anything. */
  readonly #received = new Map<string, Message>();
  readonly #visible = new Heap<Message>((a, b) => a.sequence < b.sequence);
  readonly #due = new Heap<{ readonly message: Message; readonly dueMs: number; readonly sequence: number }>(
    (a, b) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.sequence < b.sequence),
  );
  readonly #oldestSent = new Heap<Message>((a, b) => a.sentMs < b.sentMs);
  readonly #oldestHere = new Heap<Message>((a, b) => a.sequence < b.sequence);
  readonly #waiters = new Set<Waiter>();
  #wake: { readonly atMs: number; readonly timer: Timer } | undefined;
  #counts = { visible: 0, inFlight: 0, delayed: 0 };
  #sequence = 0;
  #dueSequence = 0;
  #deleted = false;

  constructor(kernel: Kernel, name: string, arn: string, redrive: () => Redrive | undefined) {
    this.#kernel = kernel;
    this.name = name;
    this.arn = arn;
    this.#redrive = redrive;
    this.createdMs = kernel.now();
    this.modifiedMs = this.createdMs;
    this.lastActiveMs = this.createdMs;
  }

  /** An attribute that holds a whole number. */
  seconds(attribute: string): number {
    return Number(this.attributes.get(attribute));
  }

  counts(): Counts {
    this.#settle();
    return { ...this.#counts };
  }

  isEmpty(): boolean {
    this.#settle();
    return this.#messages.size === 0;
  }

  /** Milliseconds since the arrival of the oldest message that is no poison pill; undefined when there is none. */
  ageOfOldestMs(): number | undefined {
    this.#settle();
    for (;;) {
      const oldest = this.#oldestHere.peek();
      if (!oldest) return undefined;
      if (oldest.state !== 'gone' && oldest.receiveCount < poisonReceives)
        return this.#kernel.now() - oldest.enqueuedMs;
      this.#oldestHere.pop();
    }
  }

  send(
    message: Pick<Message, 'id' | 'body' | 'md5OfBody' | 'attributes' | 'systemAttributes' | 'senderId'>,
    delaySeconds: number,
  ): void {
    this.traffic.sent += 1;
    const nowMs = this.#kernel.now();
    this.#add({
      ...message,
      sentMs: nowMs,
      enqueuedMs: nowMs,
      sequence: this.#sequence++,
      state: delaySeconds > 0 ? 'delayed' : 'visible',
      dueMs: nowMs + delaySeconds * 1000,
      receiveCount: 0,
      firstReceivedMs: undefined,
      lastReceivedMs: undefined,
      receiptHandle: undefined,
    });
  }

  oldestVisible(): Message | undefined {
    this.#settle();
    for (let message = this.#visible.peek(); message; message = this.#visible.peek()) {
      if (message.state === 'visible') return message;
      this.#visible.pop();
    }
    return undefined;
  }

  /** Takes a visible message out, for another queue. */
  giveAway(message: Message): void {
    this.#remove(message);
  }

  /** Takes over a message that comes back from a dead-letter queue: a new message, as if it had just been sent. */
  takeBack(message: Message): void {
    const { DeadLetterQueueSourceArn: _, ...systemAttributes } = message.systemAttributes;
    this.send({ ...message, systemAttributes }, 0);
  }

  /** Takes over a message that another queue gave up on. */
  takeOver(message: Message, sourceArn: string): void {
    this.#add({
      ...message,
      systemAttributes: { ...message.systemAttributes, DeadLetterQueueSourceArn: sourceArn },
      enqueuedMs: this.#kernel.now(),
      sequence: this.#sequence++,
      state: 'visible',
      dueMs: 0,
      receiptHandle: undefined,
    });
  }

  /**
   * Messages, at once where there are any; otherwise after a long poll of `waitSeconds`, in the callers' time. Those
   * who wait are served in the order in which they came.
   * @throws AwsError `OverLimit` for a short poll when too many messages are in flight; a long poll just gets nothing.
   */
  async receive(options: ReceiveOptions): Promise<Message[]> {
    this.#settle();
    if (this.#counts.inFlight >= inFlightMax && options.waitSeconds === 0) throw sqsErrors.overLimit();
    const messages = this.#take(options);
    if (messages.length > 0 || options.waitSeconds === 0 || options.signal?.aborted) {
      this.#countReceive(messages);
      return messages;
    }
    const received = await new Promise<Message[]>((resolve) => {
      const finish = (found: Message[]): void => {
        this.#waiters.delete(waiter);
        timer.cancel();
        options.signal?.removeEventListener('abort', giveUp);
        resolve(found);
      };
      const giveUp = (): void => finish([]);
      const waiter: Waiter = { options, finish };
      const timer = this.#kernel.after(options.waitSeconds * 1000, 'sqs.long-poll', giveUp);
      options.signal?.addEventListener('abort', giveUp);
      this.#waiters.add(waiter);
      this.#arm();
    });
    if (this.#deleted) throw sqsErrors.queueDoesNotExist();
    this.#countReceive(received);
    return received;
  }

  /**
   * Deletes a message, in flight or not. A handle from an earlier receive, or of a message that is gone, is accepted
   * and does nothing, as on AWS.
   * @throws AwsError when the text is no receipt handle at all
   */
  delete(receiptHandle: string): void {
    this.#settle();
    const message = this.#find(receiptHandle);
    this.traffic.deleted += 1;
    if (!message) return;
    const wasFull = this.#counts.inFlight >= inFlightMax;
    this.#remove(message);
    if (wasFull) this.#serve();
  }

  /** @throws AwsError when the message is gone or not in flight, or would stay invisible for more than 12 hours */
  changeVisibility(receiptHandle: string, seconds: number): void {
    this.#settle();
    const message = this.#find(receiptHandle);
    if (!message)
      throw sqsErrors.invalidValue(
        receiptHandle,
        'ReceiptHandle',
        'Message does not exist or is not available for visibility timeout change.',
      );
    if (message.state !== 'in-flight') throw sqsErrors.messageNotInflight();
    const dueMs = this.#kernel.now() + seconds * 1000;
    if (dueMs > (message.lastReceivedMs as number) + visibilityMaxSeconds * 1000)
      throw sqsErrors.invalidValue(
        seconds,
        'VisibilityTimeout',
        'Total VisibilityTimeout for the message is beyond the limit [43200 seconds]',
      );
    message.dueMs = dueMs;
    if (seconds === 0) {
      this.#show(message);
      this.#serve();
    } else {
      this.#pushDue(message);
    }
  }

  purge(): void {
    for (const message of this.#messages.values()) message.state = 'gone';
    this.#messages.clear();
    this.#received.clear();
    this.#visible.clear();
    this.#due.clear();
    this.#oldestSent.clear();
    this.#oldestHere.clear();
    this.#counts = { visible: 0, inFlight: 0, delayed: 0 };
  }

  /** Ends the queue: those who wait in a long poll learn that it does not exist. */
  close(): void {
    this.#deleted = true;
    this.#wake?.timer.cancel();
    for (const waiter of [...this.#waiters]) waiter.finish([]);
    this.purge();
  }

  #add(message: Message): void {
    this.#settle();
    this.#messages.set(message.id, message);
    this.#oldestSent.push(message);
    this.#oldestHere.push(message);
    if (message.state === 'delayed') {
      this.#counts.delayed += 1;
      this.#pushDue(message);
    } else {
      this.#counts.visible += 1;
      this.#visible.push(message);
    }
    this.#serve();
  }

  /** Up to `max` visible messages, now in flight. Those received too often already go to the dead-letter queue instead. */
  #take({ max, visibilitySeconds }: ReceiveOptions): Message[] {
    const redrive = this.#redrive();
    const nowMs = this.#kernel.now();
    const taken: Message[] = [];
    while (taken.length < max && this.#counts.inFlight < inFlightMax) {
      const message = this.#visible.pop();
      if (!message) break;
      if (message.state !== 'visible') continue;
      if (redrive && message.receiveCount >= redrive.maxReceiveCount && redrive.move(message)) {
        this.#remove(message);
        continue;
      }
      this.#counts.visible -= 1;
      message.receiveCount += 1;
      message.firstReceivedMs ??= nowMs;
      message.lastReceivedMs = nowMs;
      if (message.receiptHandle !== undefined) this.#received.delete(message.receiptHandle);
      message.receiptHandle = handleOf(message);
      this.#received.set(message.receiptHandle, message);
      taken.push(message);
      if (visibilitySeconds === 0) continue;
      message.state = 'in-flight';
      message.dueMs = nowMs + visibilitySeconds * 1000;
      this.#counts.inFlight += 1;
      this.#pushDue(message);
    }
    // A visibility timeout of 0 leaves a message visible; it goes back only now, or one call would return it twice.
    for (const message of taken) if (message.state === 'visible') this.#show(message);
    return taken;
  }

  #countReceive(messages: readonly Message[]): void {
    if (messages.length === 0) this.traffic.emptyReceives += 1;
    else this.traffic.received += messages.length;
  }

  #show(message: Message): void {
    if (message.state === 'in-flight') this.#counts.inFlight -= 1;
    if (message.state === 'delayed') this.#counts.delayed -= 1;
    message.state = 'visible';
    this.#counts.visible += 1;
    this.#visible.push(message);
  }

  #remove(message: Message): void {
    if (message.state === 'gone') return;
    if (message.state === 'visible') this.#counts.visible -= 1;
    if (message.state === 'in-flight') this.#counts.inFlight -= 1;
    if (message.state === 'delayed') this.#counts.delayed -= 1;
    message.state = 'gone';
    this.#messages.delete(message.id);
    if (message.receiptHandle !== undefined) this.#received.delete(message.receiptHandle);
    const bound = 2 * this.#messages.size + 1024;
    for (const heap of [this.#visible, this.#oldestSent, this.#oldestHere])
      if (heap.size > bound) heap.retain(({ state }) => state !== 'gone');
    if (this.#due.size > bound) this.#due.retain(isCurrent);
  }

  /** The message that was last received with this handle, if it is still here. @throws AwsError for what is no handle */
  #find(receiptHandle: string): Message | undefined {
    const message = this.#received.get(receiptHandle);
    if (!message && !isHandle(receiptHandle)) throw sqsErrors.invalidReceiptHandle(receiptHandle);
    return message;
  }

  #pushDue(message: Message): void {
    this.#due.push({ message, dueMs: message.dueMs, sequence: this.#dueSequence++ });
    if (this.#due.size > 2 * this.#messages.size + 1024) this.#due.retain(isCurrent);
  }

  /** Brings the queue up to the present: delays and visibility timeouts that ran out, messages kept for too long. */
  #settle(): void {
    const nowMs = this.#kernel.now();
    for (let next = this.#due.peek(); next && next.dueMs <= nowMs; next = this.#due.peek()) {
      this.#due.pop();
      if (isCurrent(next)) this.#show(next.message);
    }
    const retentionMs = this.seconds('MessageRetentionPeriod') * 1000;
    for (let oldest = this.#oldestSent.peek(); oldest; oldest = this.#oldestSent.peek()) {
      if (oldest.state !== 'gone' && oldest.sentMs + retentionMs > nowMs) break;
      this.#oldestSent.pop();
      this.#remove(oldest);
    }
  }

  #serve(): void {
    for (const waiter of this.#waiters) {
      if (this.#counts.visible === 0) break;
      const messages = this.#take(waiter.options);
      if (messages.length > 0) waiter.finish(messages);
    }
    this.#arm();
  }

  /** Wakes up when the next message becomes visible, as long as somebody waits for it. */
  #arm(): void {
    if (this.#waiters.size === 0) return;
    let next = this.#due.peek();
    while (next && !isCurrent(next)) {
      this.#due.pop();
      next = this.#due.peek();
    }
    if (!next || (this.#wake && this.#wake.atMs <= next.dueMs)) return;
    this.#wake?.timer.cancel();
    const timer = this.#kernel.after(next.dueMs - this.#kernel.now(), 'sqs.visible', () => {
      this.#wake = undefined;
      this.#settle();
      this.#serve();
    });
    this.#wake = { atMs: next.dueMs, timer };
  }
}

/** An entry is dead when its message was deleted, shown early, or given another time since. */
const isCurrent = ({ message, dueMs }: { readonly message: Message; readonly dueMs: number }): boolean =>
  (message.state === 'in-flight' || message.state === 'delayed') && message.dueMs === dueMs;

const handleMark = 'receipt';

/** Opaque to callers; a new one for each receive. */
const handleOf = (message: Message): string =>
  Buffer.from(`${handleMark} ${message.id} ${message.receiveCount}`).toString('base64');

const isHandle = (text: string): boolean => {
  const [mark, id] = Buffer.from(text, 'base64').toString().split(' ');
  return mark === handleMark && id !== undefined && id !== '';
};
