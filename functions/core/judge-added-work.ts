import type { TaskStarts } from './observed-burst.ts';
import type { BurstMemory } from './state.ts';

/** Whether further tasks would help at all. */
export interface AddedWork {
  readonly nowMs: number;
  /** Messages completed and failed in the last minute, by the workers' counters. */
  readonly completed: number;
  readonly failed: number;
  /** Messages that came to rest in the dead-letter queue in the last minutes. */
  readonly deadLettersAdded: number;
  /** Tasks of both capacities that work now, and what one of them completes a second. */
  readonly tasks: number;
  readonly perTask: number;
  /** Those of them in Fargate. */
  readonly fargate: number;
  /** Messages wait, so that every task has work. */
  readonly waiting: boolean;
}

export type Held = NonNullable<BurstMemory['held']>;
export type Trial = NonNullable<BurstMemory['trial']>;

/** Fewer failures than this say nothing. */
const failuresMin = 10;
/** Share of the messages that must fail before the failures explain the backlog. */
const failureShare = 0.5;
/** Nothing more is added for so long, then it is tried again. */
const holdMs = 300_000;
/** Tasks that must have been added, as a share, before their work can be told from chance. */
const addedShare = 0.5;
/** Of the throughput that added tasks should bring, what they must bring at least. */
const gainShare = 0.25;
/** Completions that a comparison must rest on: with fewer, chance alone would look like a loss. */
const completionsMin = 60;
/** A task that was asked for this long ago may be slow, and is looked at: whether it still starts or starts anew. */
export const overdueSeconds = 60;
/** Starts of so many seconds are counted, which is time for three of them with half a minute to a start and some to crash. */
const startsSeconds = 180;
/** So often each of the tasks that are missing was started in it: once by us, and once more is chance or a rollout. */
const startsEach = 3;
/** From the moment at which the tasks work until the last minute of the counters is theirs. */
const settleMs = 75_000;

/** A fire: failures or dead letters explain the backlog, and more tasks would only fail more. */
export const seeFire = (work: AddedWork): string | undefined => {
  const failed = Math.max(work.failed, work.deadLettersAdded);
  if (failed < failuresMin || failed < failureShare * (failed + work.completed)) return undefined;
  return `${Math.round(failed)} messages failed in the last minutes and ${Math.round(work.completed)} were completed: the failures explain the backlog`;
};

/**
 * Tasks that end as soon as they have started: ECS starts each of them again and again, Fargate bills a minute each time, and
 * no report tells of it, since none lives long enough to receive. A slow start and a lack of capacity look alike but for that.
 * @param overdue tasks that were asked for `overdueSeconds` ago or earlier and do not work.
 * @param young tasks that were asked for later and do not work yet: one start of each of them is ours.
 * @param beganMs when one of the Fargate tasks last began to work: what was started before it may be at work, or recalled.
 */
export const seeCrashLoop = (
  starts: readonly TaskStarts[],
  { overdue, young }: { readonly overdue: number; readonly young: number },
  beganMs: number,
  nowMs: number,
): string | undefined => {
  const started = starts
    .filter(({ atMs }) => atMs > beganMs && nowMs - atMs <= startsSeconds * 1_000)
    .reduce((all, { tasks }) => all + tasks, -young);
  if (overdue === 0 || started < startsEach * overdue) return undefined;
  return `ECS has started ${started} tasks in ${startsSeconds} s for ${overdue} that do not work: they end as soon as they have started`;
};

/**
 * Watches whether added tasks add throughput: a database that is the bottleneck gives to the new what it takes from the
 * old, so that each task completes less. `held` is set when they do not.
 */
export const seeGain = (
  work: AddedWork,
  trial: Trial | undefined,
): { readonly trial: Trial | undefined; readonly held?: Held; readonly reason?: string } => {
  if (!work.waiting || work.completed < completionsMin) return { trial };
  const found: Trial = { tasks: work.tasks, fargate: work.fargate, perTask: work.perTask };
  const here: Trial = { ...found, ...(trial?.doubted && { doubted: true as const }) };
  if (!trial || work.tasks <= trial.tasks) return { trial: here };
  if (work.tasks < trial.tasks * (1 + addedShare)) {
    const { reachedMs: _reached, ...rest } = trial;
    return { trial: rest };
  }
  const reachedMs = trial.reachedMs ?? work.nowMs;
  if (work.nowMs - reachedMs < settleMs) return { trial: { ...trial, reachedMs } };
  const [before, after] = [trial.tasks * trial.perTask, work.tasks * work.perTask];
  const expected = work.tasks / trial.tasks - 1;
  if (after / before - 1 >= gainShare * expected) return { trial: found };
  return {
    trial: { ...found, doubted: true },
    held: { untilMs: work.nowMs + holdMs, fargate: trial.fargate, kind: 'no-gain' },
    reason: `${work.tasks} tasks complete ${round(after)} messages a second, and ${trial.tasks} completed ${round(before)}: added tasks add no throughput`,
  };
};

/**
 * Fargate tasks at most, as long as added ones have added nothing: half as many tasks again, which is what it takes to see
 * whether they do now. What has piled up meanwhile would ask for any number.
 */
export const triedAtMost = (trial: Trial | undefined, externalTasks: number): number =>
  trial?.doubted ? Math.max(0, Math.ceil(trial.tasks * (1 + addedShare)) - externalTasks) : Number.POSITIVE_INFINITY;

export const holdFor = (kind: Held['kind'], fargate: number, nowMs: number): Held => ({
  untilMs: nowMs + holdMs,
  fargate,
  kind,
});

const round = (value: number): number => Math.round(value * 10) / 10;
