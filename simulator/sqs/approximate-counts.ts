import type { ServiceContext } from '../cloud/service.ts';
import type { Counts, Queue } from './queue.ts';

interface Reading {
  readonly atMs: number;
  readonly counts: Counts;
}

const lookMs = 1_000;

/**
 * What `GetQueueAttributes` says of a queue's depth: approximate by AWS's own word. As old as `countsAgeMs`, repeated for
 * `countsLagMs`, and off by up to `countsNoise`; with all of them at 0 exact.
 */
export class ApproximateCounts {
  readonly #ctx: ServiceContext;
  readonly #last = new Map<Queue, Reading>();
  /** Counts of the last `countsAgeMs`, the oldest first; one each second once somebody has asked. */
  readonly #history = new Map<Queue, Reading[]>();

  constructor(ctx: ServiceContext) {
    this.#ctx = ctx;
  }

  of(queue: Queue): Counts {
    const { kernel, fidelity } = this.#ctx;
    const last = this.#last.get(queue);
    if (last && kernel.now() - last.atMs < kernel.paced(fidelity.sqs.countsLagMs)) return last.counts;
    const { visible, inFlight, delayed } = this.#aged(queue);
    const counts = { visible: this.#off(visible), inFlight: this.#off(inFlight), delayed: this.#off(delayed) };
    this.#last.set(queue, { atMs: kernel.now(), counts });
    return counts;
  }

  forget(queue: Queue): void {
    this.#last.delete(queue);
    this.#history.delete(queue);
  }

  #aged(queue: Queue): Counts {
    const ageMs = this.#ctx.kernel.paced(this.#ctx.fidelity.sqs.countsAgeMs);
    if (ageMs === 0) return queue.counts();
    const history = this.#history.get(queue) ?? this.#observe(queue, ageMs);
    return history[0]?.counts ?? queue.counts();
  }

  #observe(queue: Queue, ageMs: number): readonly Reading[] {
    const { kernel } = this.#ctx;
    const history: Reading[] = [];
    this.#history.set(queue, history);
    const look = (): void => {
      if (this.#history.get(queue) !== history) return;
      history.push({ atMs: kernel.now(), counts: queue.counts() });
      while (history[1] && history[1].atMs <= kernel.now() - ageMs) history.shift();
      kernel.after(lookMs, 'sqs.counts', look);
    };
    look();
    return history;
  }

  #off(count: number): number {
    const { kernel, fidelity } = this.#ctx;
    const { countsNoise } = fidelity.sqs;
    if (countsNoise === 0) return count;
    return Math.round(count * (1 + countsNoise * (2 * kernel.draw('sqs.counts') - 1)));
  }
}
