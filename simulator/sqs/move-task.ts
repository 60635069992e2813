import type { ListMessageMoveTasksResultEntry } from '@aws-sdk/client-sqs';
import type { Kernel, Timer } from '../kernel/kernel.ts';
import type { Queue } from './queue.ts';

/** How long a task works at one portion of messages; AWS's own rate, where none is stated, is up to 500 a second. */
const portionMs = 1_000;
const fastestPerSecond = 500;

export interface MoveTaskOptions {
  readonly kernel: Kernel;
  readonly source: Queue;
  readonly destinationArn: string | undefined;
  readonly messagesPerSecond: number | undefined;
  /** Where a message goes: the destination, or the queue that gave up on it. Undefined when that is gone. */
  readonly targetOf: (deadLetterSourceArn: string | undefined) => Queue | undefined;
}

/**
 * Moves the messages of a dead-letter queue to where they came from, or to another queue, bit by bit.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
export class MoveTask {
  /** Base64 of the task's id and source, which `CancelMessageMoveTask` reads back from it. */
  readonly handle: string;
  readonly source: Queue;
  readonly #options: MoveTaskOptions;
  readonly #startedMs: number;
  readonly #toMove: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED' = 'RUNNING';
  #moved = 0;
  #failure: string | undefined;
  #timer: Timer;

  constructor(options: MoveTaskOptions) {
    const { kernel, source } = options;
    this.#options = options;
    this.source = source;
    const handle = { taskId: kernel.uuid('sqs-move-task'), sourceArn: source.arn };
    this.handle = Buffer.from(JSON.stringify(handle)).toString('base64');
    this.#startedMs = kernel.now();
    this.#toMove = source.counts().visible;
    this.#timer = kernel.afterAws(0, 'sqs.move-task', () => this.#move());
  }

  /** @returns how many messages were moved already; they stay where they are. */
  cancel(): number {
    this.#timer.cancel();
    this.status = 'CANCELLED';
    return this.#moved;
  }

  describe(): ListMessageMoveTasksResultEntry {
    const { destinationArn, messagesPerSecond } = this.#options;
    return {
      // The handle is there to cancel the task, as long as that can be done.
      ...(this.status === 'RUNNING' ? { TaskHandle: this.handle } : {}),
      Status: this.status,
      SourceArn: this.source.arn,
      ...(destinationArn === undefined ? {} : { DestinationArn: destinationArn }),
      ...(messagesPerSecond === undefined ? {} : { MaxNumberOfMessagesPerSecond: messagesPerSecond }),
      ApproximateNumberOfMessagesMoved: this.#moved,
      ApproximateNumberOfMessagesToMove: this.#toMove,
      ...(this.#failure === undefined ? {} : { FailureReason: this.#failure }),
      StartedTimestamp: this.#startedMs,
    };
  }

  #move(): void {
    const { kernel, messagesPerSecond = fastestPerSecond } = this.#options;
    for (let moved = 0; moved < messagesPerSecond && this.status === 'RUNNING'; moved += 1) this.#moveOne();
    if (this.status !== 'RUNNING') return;
    if (this.source.oldestVisible()) this.#timer = kernel.afterAws(portionMs, 'sqs.move-task', () => this.#move());
    else this.#end('COMPLETED');
  }

  #moveOne(): void {
    const next = this.source.oldestVisible();
    if (!next) {
      this.#end('COMPLETED');
      return;
    }
    const { DeadLetterQueueSourceArn: origin } = next.systemAttributes;
    const target = this.#options.targetOf(origin);
    if (!target) {
      this.#failure = origin ? 'AWS.SimpleQueueService.NonExistentQueue' : 'CouldNotDetermineMessageSource';
      this.#end('FAILED');
      return;
    }
    this.source.giveAway(next);
    target.takeBack(next);
    this.#moved += 1;
  }

  #end(status: 'COMPLETED' | 'FAILED'): void {
    this.status = status;
    this.#options.kernel.record('sqs.moved', { queue: this.source.name, moved: this.#moved, status });
  }
}

/** The source of the task that a handle stands for. @returns undefined for a text that is no handle */
export const sourceOfHandle = (handle: string): string | undefined => {
  try {
    const { taskId, sourceArn } = JSON.parse(Buffer.from(handle, 'base64').toString()) as Record<string, unknown>;
    return typeof taskId === 'string' && typeof sourceArn === 'string' ? sourceArn : undefined;
  } catch {
    return undefined;
  }
};
