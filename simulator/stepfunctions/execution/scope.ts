import type { Kernel } from '../../kernel/kernel.ts';

/**
 * The life of a piece of an execution. When it is cancelled its timers stop and its promises never settle, so that
 * nothing of it runs on: a stopped execution runs no `Catch`, and an aborted branch writes no event.
 */
export class Scope {
  readonly #kernel: Kernel;
  readonly #cleanups = new Set<() => void>();
  #cancelled = false;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** A scope that ends with this one, or earlier. */
  child(): Scope {
    const child = new Scope(this.#kernel);
    // Whichever ends first, the parent keeps no record of a child that is over.
    child.onCancel(this.onCancel(() => child.cancel()));
    return child;
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    const cleanups = [...this.#cleanups];
    this.#cleanups.clear();
    for (const cleanup of cleanups) cleanup();
  }

  /** @returns a function that takes the registration back. */
  onCancel(cleanup: () => void): () => void {
    this.#cleanups.add(cleanup);
    return () => {
      this.#cleanups.delete(cleanup);
    };
  }

  /** The promise, as long as this scope lives. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => {
          if (!this.#cancelled) resolve(value);
        },
        (error) => {
          if (!this.#cancelled) reject(error);
        },
      );
    });
  }

  /** Waits for a time that the definition states. */
  wait(delayMs: number, label: string): Promise<void> {
    return this.#timer((task) => this.#kernel.after(delayMs, label, task));
  }

  /** Waits for a time that AWS takes. */
  waitAws(delayMs: number, label: string): Promise<void> {
    return this.#timer((task) => this.#kernel.afterAws(delayMs, label, task));
  }

  #timer(start: (task: () => void) => { cancel(): void }): Promise<void> {
    return new Promise((resolve) => {
      if (this.#cancelled) return;
      const timer = start(() => {
        forget();
        resolve();
      });
      const forget = this.onCancel(() => timer.cancel());
    });
  }
}
