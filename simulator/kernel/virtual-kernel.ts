import { createHash } from 'node:crypto';
import { Draws } from './draws.ts';
import { Heap } from './heap.ts';
import type { Kernel, Task, Timer, TraceEntry } from './kernel.ts';

export interface VirtualKernelOptions {
  readonly seed: number;
  /** Where the virtual clock starts, in milliseconds since the Unix epoch. Default 2026-01-05T09:00:00Z, a Monday. */
  readonly startMs?: number;
  /** Called with every line of the trace, in order. */
  readonly onTrace?: (entry: TraceEntry) => void;
}

export const defaultStartMs = Date.parse('2026-01-05T09:00:00Z');

/** An event in the queue, which is its own timer: most of what a world allocates are events. */
class Scheduled implements Timer {
  readonly atMs: number;
  readonly sequence: number;
  readonly label: string;
  readonly task: Task;
  readonly #onCancel: () => void;
  #state: 'waiting' | 'cancelled' | 'over' = 'waiting';

  constructor(atMs: number, sequence: number, label: string, task: Task, onCancel: () => void) {
    this.atMs = atMs;
    this.sequence = sequence;
    this.label = label;
    this.task = task;
    this.#onCancel = onCancel;
  }

  get cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  cancel(): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'cancelled';
    this.#onCancel();
  }

  /** From here on there is nothing to cancel. */
  begin(): void {
    this.#state = 'over';
  }
}

const before = (a: Scheduled, b: Scheduled): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);

/** Macrotasks that are asked of Node at once: each turn of its own loop costs more than a small event does. */
const macrotasksAtOnce = 32;
/** So many cancelled entries stay in the queue until their time; above it, only as long as they are less than half of it. */
const cancelledMin = 64;
/** The trace is hashed in blocks; the sum is that of the lines one after the other. */
const hashBlockLength = 16_384;

/**
 * One event queue ordered by (time, sequence). Between two events one macrotask passes, which lets every chain of
 * promises that the event started settle before time moves on. Nothing here touches a real timer or real chance.
 */
export class VirtualKernel implements Kernel {
  readonly mode = 'virtual';
  readonly #draws: Draws;
  readonly #queue = new Heap<Scheduled>(before);
  readonly #hash = createHash('sha256');
  #unhashed = '';
  readonly #onTrace: ((entry: TraceEntry) => void) | undefined;
  #nowMs: number;
  #sequence = 0;
  #processed = 0;
  /** Cancelled entries that the queue still holds. Most timers are timeouts that end unused. */
  #cancelled = 0;
  readonly #onCancel = (): void => {
    this.#cancelled += 1;
    if (this.#cancelled <= cancelledMin || this.#cancelled <= this.#queue.size / 2) return;
    this.#queue.retain(({ cancelled }) => !cancelled);
    this.#cancelled = 0;
  };
  #failure: { readonly error: unknown } | undefined;

  constructor(options: VirtualKernelOptions) {
    this.#draws = new Draws(options.seed);
    this.#nowMs = options.startMs ?? defaultStartMs;
    this.#onTrace = options.onTrace;
  }

  /** How many events have run. */
  get processed(): number {
    return this.#processed;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, label: string, task: Task): Timer {
    if (!Number.isFinite(delayMs))
      throw new RangeError(`the delay of '${label}' is ${delayMs} ms; a finite number is needed`);
    // Up, never down: whoever waits for a moment and looks at the clock again must not find himself before it.
    const atMs = this.#nowMs + Math.max(0, Math.ceil(delayMs));
    const entry = new Scheduled(atMs, this.#sequence++, label, task, this.#onCancel);
    this.#queue.push(entry);
    return entry;
  }

  afterAws(delayMs: number, label: string, task: Task): Timer {
    return this.after(delayMs, label, task);
  }

  paced(delayMs: number): number {
    return delayMs;
  }

  draw(name: string): number {
    this.#note(`${this.#nowMs} draw ${name}`);
    return this.#draws.next(name);
  }

  hex(name: string, length: number): string {
    this.#note(`${this.#nowMs} draw ${name}`);
    return this.#draws.hex(name, length);
  }

  uuid(name: string): string {
    this.#note(`${this.#nowMs} draw ${name}`);
    return this.#draws.uuid(name);
  }

  record(kind: string, detail: Readonly<Record<string, unknown>>): void {
    this.#note(`${this.#nowMs} ${kind} ${JSON.stringify(detail)}`);
    this.#onTrace?.({ atMs: this.#nowMs, kind, detail });
  }

  /** The SHA-256 of the trace so far: virtual time, draw names and events. Equal histories have equal hashes. */
  traceHash(): string {
    this.#hashLines();
    return this.#hash.copy().digest('hex');
  }

  /**
   * Runs events until `done()` holds, or until the next event lies after `untilMs` (the clock then stands at `untilMs`).
   * @returns whether `done()` held.
   * @throws the error of an event's task, unchanged: an unhandled error in the simulation is a fault of the program.
   */
  run(options: { readonly untilMs: number; readonly done?: () => boolean }): Promise<boolean> {
    return new Promise((resolve, reject) => {
      let asked: NodeJS.Immediate[] = [];
      const end = (settle: () => void): void => {
        for (const immediate of asked) clearImmediate(immediate);
        settle();
      };
      // Node settles every chain of promises between two immediates, those of one turn of its loop too.
      const ask = (): void => {
        asked = Array.from({ length: macrotasksAtOnce }, (_, index) =>
          setImmediate(index === macrotasksAtOnce - 1 ? last : step),
        );
      };
      const step = (): void => {
        try {
          const held = this.#step(options);
          if (held !== undefined) end(() => resolve(held));
        } catch (error) {
          end(() => reject(error));
        }
      };
      const last = (): void => {
        ask();
        step();
      };
      ask();
    });
  }

  /** Runs the next event. @returns what `run` returns when it is over, undefined when an event has run. */
  #step(options: { readonly untilMs: number; readonly done?: () => boolean }): boolean | undefined {
    if (this.#failure) throw this.#failure.error;
    if (options.done?.()) return true;
    const next = this.#peek();
    if (!next || next.atMs > options.untilMs) {
      this.#nowMs = Math.max(this.#nowMs, options.untilMs);
      return false;
    }
    this.#queue.pop();
    next.begin();
    this.#nowMs = next.atMs;
    this.#processed += 1;
    this.#note(`${next.atMs} event ${next.label}`);
    const result = next.task();
    if (result) {
      // A task may wait for later events, so it is not awaited here; its failure stops the run all the same.
      result.catch((error: unknown) => {
        this.#failure ??= { error };
      });
    }
    return undefined;
  }

  #peek(): Scheduled | undefined {
    while (this.#queue.peek()?.cancelled) {
      this.#queue.pop();
      this.#cancelled -= 1;
    }
    return this.#queue.peek();
  }

  #note(line: string): void {
    this.#unhashed += `${line}\n`;
    if (this.#unhashed.length >= hashBlockLength) this.#hashLines();
  }

  #hashLines(): void {
    this.#hash.update(this.#unhashed);
    this.#unhashed = '';
  }
}
