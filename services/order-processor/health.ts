/** How long something may be wrong before the task asks to be replaced, in milliseconds: three long polls. */
export const patienceMs = 60_000;

/**
 * Whether this task still does its job. A network that is away does not count against it: a replacement would have
 * the same network, and tasks on cut-off premises must live on. A call that AWS refuses (no permission, no such
 * queue) does count, so that a rollout that brought the fault is seen to fail.
 */
export class Health {
  readonly #clock: { now(): number };
  readonly #pendingSinceMs = new Map<string, number>();
  readonly #refused = new Map<string, { readonly sinceMs: number; readonly name: string }>();
  #broken: string | undefined;

  constructor(clock: { now(): number }) {
    this.#clock = clock;
  }

  began(what: string): void {
    this.#pendingSinceMs.set(what, this.#clock.now());
  }

  ended(what: string): void {
    this.#pendingSinceMs.delete(what);
  }

  succeeded(what: string): void {
    this.#refused.delete(what);
  }

  failed(what: string, error: unknown): void {
    if (!isRefusal(error)) this.#refused.delete(what);
    else if (!this.#refused.has(what))
      this.#refused.set(what, { sinceMs: this.#clock.now(), name: (error as Error).name });
  }

  /** For good: a fault of the program itself. */
  broke(reason: string): void {
    this.#broken ??= reason;
  }

  /** @returns undefined when healthy. */
  unhealthyBecause(): string | undefined {
    if (this.#broken !== undefined) return this.#broken;
    const longAgoMs = this.#clock.now() - patienceMs;
    for (const [what, sinceMs] of this.#pendingSinceMs)
      if (sinceMs < longAgoMs) return `${what} has not come round for ${patienceMs / 1_000} s`;
    for (const [what, { sinceMs, name }] of this.#refused)
      if (sinceMs < longAgoMs) return `${what} has been refused for ${patienceMs / 1_000} s: ${name}`;
    return undefined;
  }
}

/** The SDK's exceptions say whose fault it was; a throttled caller is told that it is its own, and that passes. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  '$fault' in error &&
  error.$fault === 'client' &&
  !/Throttl|OverLimit|ProvisionedThroughputExceeded|RequestLimitExceeded/.test(error.name);
