import { type BurstDecision, decideBurst } from './decide-burst.ts';
import type { BurstLimits, ObservedBurst, WorkerPoint, WorkerReport } from './observed-burst.ts';
import { type BurstMemory, freshMemory } from './state.ts';

/** A queue and its tasks for tests of the burst policy, second by second and without chance. */

const startMs = Date.parse('2026-11-23T12:00:00Z');
export const at = (seconds: number): number => startMs + seconds * 1_000;

/** One message at a time of 4 s each makes 0.25 a second for a task: 20 tasks pick up 5 a second, 600 within 120 s. */
export const sampleLimits: BurstLimits = {
  deadlineSeconds: 120,
  lateShareMax: 0.001,
  workSecondsPerMessage: 4,
  messagesPerTask: 1,
  startSeconds: 45,
  lookSeconds: 10,
  calmLooks: 3,
  externalBase: 20,
  externalMax: 20,
  fargateBase: 0,
  fargateCaps: { configuration: 100 },
  fargateHourlyUsd: 0.05,
};

interface Task {
  readonly id: string;
  readonly capacity: 'external' | 'fargate';
  readonly readySeconds: number;
  silent: boolean;
  pickUps: number;
  completions: number;
  failures: number;
  busySeconds: number;
  /** When its message is done with; undefined while it has none. */
  untilSeconds: number | undefined;
  head: { readonly headSentMs: number; readonly headReceivedMs: number } | undefined;
  readonly points: WorkerPoint[];
}

export interface World {
  /** Messages that arrive in a second. */
  readonly arrivals: (seconds: number) => number;
  readonly looks: number;
  readonly limits?: Partial<BurstLimits>;
  readonly memory?: BurstMemory;
  readonly externalTasks?: number;
  /** Seconds of work in a message that is picked up then, with so many tasks at work. */
  readonly workSeconds?: (seconds: number, tasks: number) => number;
  /** Seconds from asking for a Fargate task until it receives. */
  readonly startSeconds?: number;
  /** Whether a message that is done with at that time has failed. */
  readonly fails?: (seconds: number) => boolean;
  /** From then on the machines on premises are cut off. */
  readonly lostFromSeconds?: number;
  /** Seconds by which the queue's counts are old. */
  readonly countsBehind?: number;
  /** Tasks report nothing. */
  readonly mute?: boolean;
  /** Seconds at which ECS finds no Fargate capacity for tasks that are missing. */
  readonly fargateRefused?: (seconds: number) => boolean;
  /** What a look sees besides. */
  readonly sees?: (seconds: number) => Partial<ObservedBurst>;
}

export interface Played {
  readonly decisions: readonly { readonly seconds: number; readonly decision: BurstDecision }[];
  /** Messages picked up, and those of them later than the deadline. */
  readonly pickedUp: number;
  readonly late: number;
  readonly waiting: number;
}

/** Plays looks until the burst ends, at most `looks`. */
export const playBurst = (world: World): Played => {
  const limits: BurstLimits = { ...sampleLimits, ...world.limits };
  const { workSeconds = () => 4, startSeconds = 40, countsBehind = 0 } = world;
  const queue: number[] = [];
  const visibleBySecond: number[] = [];
  const tasks: Task[] = [];
  let made = 0;
  const add = (capacity: Task['capacity'], readySeconds: number): void => {
    made += 1;
    tasks.push({
      id: `${capacity}-${made}`,
      capacity,
      readySeconds,
      silent: false,
      pickUps: 0,
      completions: 0,
      failures: 0,
      busySeconds: 0,
      untilSeconds: undefined,
      head: undefined,
      points: [],
    });
  };
  for (let index = 0; index < (world.externalTasks ?? 20); index += 1) add('external', -600);
  const on = (capacity: Task['capacity']): Task[] => tasks.filter((task) => task.capacity === capacity);

  let arrived = 0;
  let pickedUp = 0;
  let late = 0;
  let desired = { external: on('external').length, fargate: 0 };
  let refusedMs: number | undefined;
  let memory = world.memory ?? freshMemory;
  const decisions: { seconds: number; decision: BurstDecision }[] = [];

  for (let seconds = 0; decisions.length < world.looks; seconds += 1) {
    const target = arrived + world.arrivals(seconds);
    for (; arrived + 1 <= target; arrived += 1) queue.push(at(seconds));
    const lost = seconds >= (world.lostFromSeconds ?? Number.POSITIVE_INFINITY);
    const working = tasks.filter(({ readySeconds }) => readySeconds <= seconds).length;
    for (const task of tasks) {
      if (task.capacity === 'external' && lost) task.silent = true;
      if (task.readySeconds > seconds || task.silent) continue;
      if (task.untilSeconds !== undefined && task.untilSeconds <= seconds) {
        if (world.fails?.(seconds)) task.failures += 1;
        else task.completions += 1;
        task.untilSeconds = undefined;
      }
      if (task.untilSeconds === undefined) {
        const sentMs = queue.shift();
        if (sentMs !== undefined) {
          pickedUp += 1;
          task.pickUps += 1;
          if (at(seconds) - sentMs > limits.deadlineSeconds * 1_000) late += 1;
          task.untilSeconds = seconds + workSeconds(seconds, working);
          task.head = { headSentMs: sentMs, headReceivedMs: at(seconds) };
        }
      }
      if (seconds % 10 === 0) {
        const { pickUps, completions, failures, busySeconds, head } = task;
        task.points.push({ atMs: at(seconds), pickUps, completions, failures, busyMs: busySeconds * 1_000, ...head });
        task.points.splice(0, task.points.length - 7);
      }
      if (task.untilSeconds !== undefined) task.busySeconds += 1;
    }
    visibleBySecond.push(queue.length);
    if (seconds % limits.lookSeconds !== 0) continue;

    const started = (capacity: Task['capacity']): number =>
      on(capacity).filter(({ readySeconds }) => readySeconds <= seconds).length;
    const capacityOf = (capacity: Task['capacity']) => ({
      twin: `op-${capacity}`,
      desired: desired[capacity],
      running: started(capacity),
      // A task that ECS has no place for is neither.
      pending: on(capacity).length - started(capacity),
    });
    const observed: ObservedBurst = {
      visible: visibleBySecond.at(-1 - countsBehind) ?? 0,
      inFlight: tasks.filter(({ untilSeconds }) => untilSeconds !== undefined).length,
      external: capacityOf('external'),
      fargate: {
        ...capacityOf('fargate'),
        ...(refusedMs !== undefined && { refused: { atMs: refusedMs, reason: 'RESOURCE:FARGATE' } }),
      },
      externalRoom: undefined,
      workers: world.mute ? [] : tasks.filter(({ points }) => points.length > 0).map(reportOf),
      delays: [],
      deadLetters: 0,
      ...world.sees?.(seconds),
    };
    const decision = decideBurst(observed, memory, limits, at(seconds));
    decisions.push({ seconds, decision });
    memory = decision.memory;
    for (const { twin, desiredCount } of decision.moves) {
      const capacity = twin === 'op-external' ? 'external' : 'fargate';
      desired = { ...desired, [capacity]: desiredCount };
      while (capacity === 'external' && on(capacity).length < desiredCount) add(capacity, seconds + 5);
      // The newest go first; what they work on comes back to the queue's head.
      while (on(capacity).length > desiredCount) {
        const index = tasks.findLastIndex((task) => task.capacity === capacity);
        const [gone] = tasks.splice(index, 1);
        if (gone?.untilSeconds !== undefined && gone.head) queue.unshift(gone.head.headSentMs);
      }
    }
    // ECS tries again by itself as long as tasks are missing.
    const missing = desired.fargate - on('fargate').length;
    if (missing > 0 && world.fargateRefused?.(seconds)) refusedMs = at(seconds);
    else for (let index = 0; index < missing; index += 1) add('fargate', seconds + startSeconds);
    if (decision.action === 'end') break;
  }
  return { decisions, pickedUp, late, waiting: queue.length };
};

const reportOf = ({ id, capacity, readySeconds, points }: Task): WorkerReport => ({
  task: id,
  capacity,
  slots: 1,
  startedMs: at(readySeconds),
  everySeconds: 10,
  stopping: false,
  points: [...points],
});

/** The looks at which something was done or said, a line each. */
export const storyOf = ({ decisions }: Played): readonly string[] =>
  decisions
    .filter(({ decision }) => decision.action !== 'rest')
    .map(({ seconds, decision }) => `${seconds} s, ${decision.action}: ${decision.reason}`);
