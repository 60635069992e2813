import { type BusEvent, describeEvent, type TimelineLine } from './describe-event.ts';

/** A line with the time at which it, or the first of those it stands for, came. */
export interface TimedLine extends TimelineLine {
  readonly atMs: number;
}

interface Held {
  readonly line: TimedLine;
  readonly count: number;
}

/**
 * Turns events into the lines of a timeline. Lines that say the same of several tasks are held for up to `windowMs`, to
 * be told as one ("3 tasks stopped: …"); any other line tells the held ones first, so that the order stays true. With a
 * window of 0 nothing is held.
 */
export class Timeline {
  readonly #windowMs: number;
  /** Rollouts that run, by their ids: one that is refused meanwhile ends beside them. */
  readonly #running = new Set<string>();
  /** The newest rollout that each twin had. */
  readonly #twins = new Map<
    string,
    { readonly service: string; readonly digest: string; readonly rolloutId: string }
  >();
  #held: readonly Held[] = [];

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Whether lines wait to be told: then `due` must be asked again in `windowMs`. */
  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  /** @returns the lines to be told now that this happened. */
  event(event: BusEvent, atMs: number): readonly TimedLine[] {
    this.#notice(event);
    const line = describeEvent(event, (twin) => {
      const known = this.#twins.get(twin);
      return known && { ...known, isRollingOut: this.#running.has(known.rolloutId) };
    });
    return line ? this.line(line, atMs) : [];
  }

  /** @returns the lines to be told now that this one came. */
  line(line: TimelineLine, atMs: number): readonly TimedLine[] {
    const timed = { ...line, atMs };
    if (!line.together || this.#windowMs === 0) return [...this.flush(), timed];
    const due = this.due(atMs);
    const same = this.#held.find(
      (held) => held.line.about === line.about && held.line.together?.kind === line.together?.kind,
    );
    this.#held = same
      ? this.#held.map((held) => (held === same ? { ...held, count: held.count + 1 } : held))
      : [...this.#held, { line: timed, count: 1 }];
    return due;
  }

  /** @returns the lines that have waited long enough. */
  due(nowMs: number): readonly TimedLine[] {
    const due = this.#held.filter(({ line }) => nowMs - line.atMs >= this.#windowMs);
    this.#held = this.#held.filter((held) => !due.includes(held));
    return due.map(told);
  }

  /** @returns all lines that wait. */
  flush(): readonly TimedLine[] {
    const all = this.#held;
    this.#held = [];
    return all.map(told);
  }

  #notice({ 'detail-type': kind, detail }: BusEvent): void {
    if (kind !== 'Spillway Rollout State Change') return;
    const [rolloutId, service, digest] = [detail.rolloutId, detail.service, detail.digest].map(String) as [
      string,
      string,
      string,
    ];
    if (detail.state !== 'STARTED') {
      this.#running.delete(rolloutId);
      return;
    }
    this.#running.add(rolloutId);
    const twins = (detail.twins ?? []) as readonly string[];
    for (const twin of twins) this.#twins.set(twin, { service, digest, rolloutId });
  }
}

const told = ({ line, count }: Held): TimedLine =>
  count > 1 && line.together ? { ...line, text: line.together.text(count) } : line;
