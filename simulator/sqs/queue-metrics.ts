import type { ServiceContext } from '../cloud/service.ts';
import type { Queue } from './queue.ts';

const periodMs = 60_000;

/**
 * The metrics of AWS/SQS: one value a minute of AWS's time, as long as a queue is active. A queue that saw no call and
 * held no message for six hours falls asleep, its metrics are then missing, not zero, and need minutes to come back
 * (AWSSimpleQueueService monitoring-using-cloudwatch). While every queue sleeps nothing is scheduled.
 */
export class QueueMetrics {
  readonly #ctx: ServiceContext;
  readonly #queues: ReadonlyMap<string, Queue>;
  #running = false;

  constructor(ctx: ServiceContext, queues: ReadonlyMap<string, Queue>) {
    this.#ctx = ctx;
    this.#queues = queues;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#schedule();
  }

  /** Notes a call to a queue. */
  touch(queue: Queue): void {
    const { kernel, fidelity } = this.#ctx;
    const nowMs = kernel.now();
    if (this.#isAsleep(queue)) queue.metricsFromMs = nowMs + kernel.paced(fidelity.sqs.wakeUpMs);
    queue.lastActiveMs = nowMs;
    this.start();
  }

  #isAsleep(queue: Queue): boolean {
    const { kernel, fidelity } = this.#ctx;
    return kernel.now() - queue.lastActiveMs > kernel.paced(fidelity.sqs.activeMs) && queue.isEmpty();
  }

  /** Ticks are numbered minutes, so that a timer that fires a little early does not publish the same minute twice. */
  #schedule(lastMinute = Number.NEGATIVE_INFINITY): void {
    const { kernel } = this.#ctx;
    const pacedMs = kernel.paced(periodMs);
    const minute = Math.max(lastMinute, Math.floor(kernel.now() / pacedMs)) + 1;
    kernel.after(minute * pacedMs - kernel.now(), 'sqs.metrics', () => {
      const active = [...this.#queues.values()].filter((queue) => !this.#isAsleep(queue));
      for (const queue of active) this.#publish(queue, (minute - 1) * pacedMs);
      if (active.length > 0) this.#schedule(minute);
      else this.#running = false;
    });
  }

  #publish(queue: Queue, atMs: number): void {
    const { visible, inFlight, delayed } = queue.counts();
    const ageMs = queue.ageOfOldestMs();
    const { sent, received, deleted, emptyReceives } = queue.traffic;
    queue.traffic = { sent: 0, received: 0, deleted: 0, emptyReceives: 0 };
    if (this.#ctx.kernel.now() < queue.metricsFromMs) return;
    const put = (name: string, value: number, unit: string): void =>
      this.#ctx.metric({ namespace: 'AWS/SQS', name, dimensions: { QueueName: queue.name }, value, unit, atMs });
    put('ApproximateNumberOfMessagesVisible', visible, 'Count');
    put('ApproximateNumberOfMessagesNotVisible', inFlight, 'Count');
    put('ApproximateNumberOfMessagesDelayed', delayed, 'Count');
    if (ageMs !== undefined) put('ApproximateAgeOfOldestMessage', Math.floor(ageMs / 1000), 'Seconds');
    put('NumberOfMessagesSent', sent, 'Count');
    put('NumberOfMessagesReceived', received, 'Count');
    put('NumberOfMessagesDeleted', deleted, 'Count');
    put('NumberOfEmptyReceives', emptyReceives, 'Count');
  }
}
