/** So many orders may be worked on at a time. Who waits longest is served first. */
export class Slots {
  readonly #count: number;
  readonly #waiting: { readonly take: boolean; readonly go: () => void }[] = [];
  #taken = 0;

  constructor(count: number) {
    this.#count = count;
  }

  get free(): number {
    return this.#count - this.#taken;
  }

  /** Resolves when a slot is free, and leaves it free. */
  async oneFree(signal: AbortSignal): Promise<void> {
    while (this.free === 0 && !signal.aborted) await this.#wait(false, signal);
  }

  /** Takes a slot as soon as one is free. @returns false when the signal came first. */
  async take(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.free > 0) {
      this.#taken += 1;
      return true;
    }
    return this.#wait(true, signal);
  }

  giveBack(): void {
    this.#taken -= 1;
    // A taker before a looker: the looker would ask for a message that has no slot.
    const taker = this.#waiting.findIndex((waiter) => waiter.take);
    const [next] = taker === -1 ? [] : this.#waiting.splice(taker, 1);
    if (next) {
      this.#taken += 1;
      next.go();
      return;
    }
    for (const looker of this.#waiting.splice(0)) looker.go();
  }

  #wait(take: boolean, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const waiter = {
        take,
        go: () => {
          signal.removeEventListener('abort', leave);
          resolve(true);
        },
      };
      const leave = (): void => {
        const index = this.#waiting.indexOf(waiter);
        if (index !== -1) this.#waiting.splice(index, 1);
        resolve(false);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiter);
    });
  }
}
