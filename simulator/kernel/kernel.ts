/**
 * The kernel is all the simulator has of a world outside: time, order, chance and a record of what happened.
 * It knows nothing of AWS. Two implementations share this contract: `VirtualKernel` (one event queue, no real
 * timers, one seed gives one history) and `LiveKernel` (wall time, real timers).
 */
export interface Kernel {
  readonly mode: 'virtual' | 'live';
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Runs `task` after a delay that a *caller* stated (a visibility timeout, a Wait state). Never divided by the pace. */
  after(delayMs: number, label: string, task: Task): Timer;
  /** Runs `task` after a delay that *AWS* decides (placement, a pull, event lag, an alarm period). Live, the pace divides it. */
  afterAws(delayMs: number, label: string, task: Task): Timer;
  /** A duration that AWS decides, in this kernel's milliseconds: `delayMs` divided by the pace. */
  paced(delayMs: number): number;
  /** A uniform number in [0, 1) from the stream of that name. Each name has its own stream, so a new draw shifts no other. */
  draw(name: string): number;
  /** `length` lower-case hexadecimal digits from the stream of that name. */
  hex(name: string, length: number): string;
  /** A version-4 UUID from the stream of that name. */
  uuid(name: string): string;
  /** Adds a line to the trace: what happened, at the current time. In virtual time the trace is the identity of a run. */
  record(kind: string, detail: Readonly<Record<string, unknown>>): void;
}

export type Task = () => void | Promise<void>;

export interface Timer {
  /** Cancelling twice, or after the task ran, does nothing. */
  cancel(): void;
}

/** A line of the trace. */
export interface TraceEntry {
  readonly atMs: number;
  readonly kind: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Resolves after a delay that a caller stated. */
export const sleep = (kernel: Kernel, delayMs: number, label: string): Promise<void> =>
  new Promise((resolve) => {
    kernel.after(delayMs, label, resolve);
  });
