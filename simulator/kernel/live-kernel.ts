import { Draws } from './draws.ts';
import type { Kernel, Task, Timer, TraceEntry } from './kernel.ts';

export interface LiveKernelOptions {
  readonly seed: number;
  /** Divides what AWS decides; 1 is AWS's own speed. */
  readonly pace: number;
  /** Milliseconds since the Unix epoch; the composition root passes `Date.now`. */
  readonly wallClock: () => number;
  readonly onTrace?: (entry: TraceEntry) => void;
  /** An error that escaped a task. The default lets the process fail, since the world is then no longer what it says. */
  readonly onError?: (label: string, error: unknown) => void;
}

/** Node holds a timer's delay in 32 bits: longer delays would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Wall time and real timers. Ids still come from the seeded draws, so give each run its own seed. */
export class LiveKernel implements Kernel {
  readonly mode = 'live';
  readonly #options: LiveKernelOptions;
  readonly #draws: Draws;
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(options: LiveKernelOptions) {
    this.#options = options;
    this.#draws = new Draws(options.seed);
  }

  now(): number {
    return this.#options.wallClock();
  }

  after(delayMs: number, label: string, task: Task): Timer {
    const dueMs = this.now() + Math.max(0, delayMs);
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      if (this.#closed) return;
      timer = setTimeout(
        () => {
          this.#timers.delete(timer);
          if (dueMs - this.now() > longestTimerMs / 2) arm();
          else void this.#run(label, task);
        },
        Math.min(longestTimerMs, Math.max(0, dueMs - this.now())),
      );
      this.#timers.add(timer);
    };
    arm();
    return {
      cancel: () => {
        clearTimeout(timer);
        this.#timers.delete(timer);
      },
    };
  }

  afterAws(delayMs: number, label: string, task: Task): Timer {
    return this.after(this.paced(delayMs), label, task);
  }

  paced(delayMs: number): number {
    return delayMs / this.#options.pace;
  }

  draw(name: string): number {
    return this.#draws.next(name);
  }

  hex(name: string, length: number): string {
    return this.#draws.hex(name, length);
  }

  uuid(name: string): string {
    return this.#draws.uuid(name);
  }

  record(kind: string, detail: Readonly<Record<string, unknown>>): void {
    this.#options.onTrace?.({ atMs: this.now(), kind, detail });
  }

  /** Ends every timer; nothing scheduled runs afterwards. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  async #run(label: string, task: Task): Promise<void> {
    try {
      await task();
    } catch (error) {
      if (this.#options.onError) this.#options.onError(label, error);
      else throw error;
    }
  }
}
