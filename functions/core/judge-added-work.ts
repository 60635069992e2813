import type { BurstMemory } from './state.ts';

/** Whether further tasks would help at all. */
export interface AddedWork {
  readonly nowMs: number;
  /** Messages completed and failed in the last minute or so, by the workers' counters. */
  readonly completed: number;
  readonly failed: number;
  /** Messages that came to rest in the dead-letter queue since `deadLetters.atMs`. */
  readonly deadLettersAdded: number;
  /** Tasks of both capacities that work now, and what they complete a second. */
  readonly tasks: number;
  readonly perSecond: number;
  /** Fargate tasks that are wanted now. */
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
const addedShare = 0.3;
/** Of the throughput that added tasks should bring, what they must bring at least. */
const gainShare = 0.25;
/** After the tasks work, until a minute of counters shows what they bring. */
const settleMs = 75_000;

/** A fire: failures or dead letters explain the backlog, and more tasks would only fail more. */
export const seeFire = (work: AddedWork): string | undefined => {
  const failed = Math.max(work.failed, work.deadLettersAdded);
  if (failed < failuresMin || failed < failureShare * (failed + work.completed)) return undefined;
  return `${Math.round(failed)} messages failed in the last minutes and ${Math.round(work.completed)} were completed: the failures explain the backlog`;
};

/**
 * Watches whether added tasks add throughput: a database that is the bottleneck gives to the new what it takes from the
 * old. `held` is set when they do not.
 */
export const seeGain = (
  work: AddedWork,
  trial: Trial | undefined,
): { readonly trial: Trial | undefined; readonly held?: Held; readonly reason?: string } => {
  const here: Trial = { tasks: work.tasks, fargate: work.fargate, perSecond: work.perSecond };
  // An idle task adds nothing, and a task that went away makes the comparison worthless.
  if (!work.waiting || work.perSecond <= 0) return { trial: undefined };
  if (!trial || work.tasks < trial.tasks) return { trial: here };
  if (work.tasks < trial.tasks * (1 + addedShare) || work.tasks === trial.tasks) {
    const { reachedMs: _reached, ...rest } = trial;
    return { trial: rest };
  }
  const reachedMs = trial.reachedMs ?? work.nowMs;
  if (work.nowMs - reachedMs < settleMs) return { trial: { ...trial, reachedMs } };
  const expected = work.tasks / trial.tasks - 1;
  const gained = work.perSecond / trial.perSecond - 1;
  if (gained >= gainShare * expected) return { trial: here };
  return {
    trial: undefined,
    held: { untilMs: work.nowMs + holdMs, fargate: trial.fargate, kind: 'no-gain' },
    reason: `${work.tasks} tasks complete ${round(work.perSecond)} messages a second, and ${trial.tasks} completed ${round(trial.perSecond)}: added tasks add no throughput`,
  };
};

export const holdFor = (kind: Held['kind'], fargate: number, nowMs: number): Held => ({
  untilMs: nowMs + holdMs,
  fargate,
  kind,
});

const round = (value: number): number => Math.round(value * 10) / 10;
