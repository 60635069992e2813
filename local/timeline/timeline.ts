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
  /** Service of each rollout that runs, by its id: one that is refused meanwhile ends beside it. */
  readonly #rollouts = new Map<string, string>();
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
    const line = describeEvent(event, (service) => [...this.#rollouts.values()].includes(service));
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
    if (detail.state === 'STARTED') this.#rollouts.set(String(detail.rolloutId), String(detail.service));
    else this.#rollouts.delete(String(detail.rolloutId));
  }
}

const told = ({ line, count }: Held): TimedLine =>
  count > 1 && line.together ? { ...line, text: line.together.text(count) } : line;
