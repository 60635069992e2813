import type { Arrivals } from './arrivals.ts';

/** What became of the messages and what Fargate was paid for, whoever decided. */
export interface ReplayOutcome {
  /** Seconds from the sending of each message to its pick-up; infinite for one that never was. */
  readonly waitSeconds: Float64Array;
  /** How often the work of each message was done to its end: once, if nothing is lost and nothing done twice. */
  readonly timesDone: Uint8Array;
  /** Fargate tasks in the order in which they were asked for. */
  readonly tasks: readonly FargateTask[];
  /** One sample every `sampleSeconds`, the first at 0. */
  readonly samples: readonly Sample[];
}

export interface FargateTask {
  readonly askedSeconds: number;
  /** Start of the pull, from which it is billed; undefined when it was stopped before. */
  readonly billedFromSeconds: number | undefined;
  readonly readySeconds: number | undefined;
  readonly goneSeconds: number;
  /** Ready, and without a message. */
  readonly idleSeconds: number;
}

export interface Sample {
  readonly visible: number;
  /** Messages that the external tasks could be working on: their ready slots. */
  readonly externalSlots: number;
  /** Fargate tasks that take messages. */
  readonly fargateReady: number;
  /** Fargate tasks asked for. */
  readonly fargateAsked: number;
}

export const sampleSeconds = 10;

/** Whole task-seconds that are billed, each task for at least its paid minimum. */
export const billedSeconds = (tasks: readonly FargateTask[], paidSeconds: number): number =>
  tasks.reduce(
    (sum, { billedFromSeconds: from, goneSeconds }) =>
      sum + (from === undefined ? 0 : Math.max(paidSeconds, goneSeconds - from)),
    0,
  );

/** Messages picked up later than the deadline. */
export const lateMessages = ({ waitSeconds }: ReplayOutcome, deadlineSeconds: number): number =>
  waitSeconds.reduce((late, wait) => (wait > deadlineSeconds ? late + 1 : late), 0);

export const percentile = (values: Float64Array, share: number): number => {
  if (values.length === 0) return 0;
  const sorted = values.toSorted();
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number;
};

/** A stretch of a load at which it stands at several times what it was before. */
export interface Step {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** Seconds from the beginning of the step to the first task that was asked for; undefined when none was. */
export const firstLaunchSeconds = ({ tasks }: ReplayOutcome, { fromSeconds }: Step): number | undefined => {
  const asked = tasks.map(({ askedSeconds }) => askedSeconds).filter((at) => at >= fromSeconds);
  return asked.length > 0 ? Math.min(...asked) - fromSeconds : undefined;
};

/** Seconds from the end of the step until the tasks that served it are gone; undefined when there were none. */
export const recallSeconds = ({ tasks }: ReplayOutcome, { fromSeconds, toSeconds }: Step): number | undefined => {
  const gone = tasks
    .filter(({ askedSeconds }) => askedSeconds >= fromSeconds && askedSeconds < toSeconds + recallWithinSeconds)
    .map(({ goneSeconds }) => goneSeconds);
  return gone.length > 0 ? Math.max(0, gone.reduce((a, b) => Math.max(a, b)) - toSeconds) : undefined;
};

/** Tasks that are asked for this soon after a step still serve it. */
const recallWithinSeconds = 600;

/** What a person reads of one replay. */
export interface Measures {
  readonly messages: number;
  readonly late: number;
  /** Of all messages, those whose work was never done to its end. */
  readonly lost: number;
  /** Of all messages, those whose work was done to its end more than once. */
  readonly doneTwice: number;
  /** Infinite where more than one message in a hundred was never picked up. */
  readonly p99Seconds: number;
  readonly longestSeconds: number;
  readonly taskSeconds: number;
  readonly idleSeconds: number;
  /** Billed before they were ready. */
  readonly startingSeconds: number;
  readonly starts: number;
  readonly peakTasks: number;
  readonly firstLaunchSeconds: number | undefined;
  readonly recallSeconds: number | undefined;
}

export const measure = (
  outcome: ReplayOutcome,
  arrivals: Arrivals,
  options: {
    readonly deadlineSeconds: number;
    readonly paidSeconds: number;
    readonly step?: Step | undefined;
    /** Messages sent before this do not count as late. Default 0. */
    readonly countFromSeconds?: number;
  },
): Measures => {
  const { deadlineSeconds, paidSeconds, step, countFromSeconds = 0 } = options;
  const counted = outcome.waitSeconds.filter((_, index) => (arrivals.atSeconds[index] as number) >= countFromSeconds);
  return {
    messages: counted.length,
    late: lateMessages({ ...outcome, waitSeconds: counted }, deadlineSeconds),
    lost: outcome.timesDone.reduce((sum, times) => (times === 0 ? sum + 1 : sum), 0),
    doneTwice: outcome.timesDone.reduce((sum, times) => (times > 1 ? sum + 1 : sum), 0),
    p99Seconds: percentile(counted, 0.99),
    longestSeconds: counted.reduce((longest, wait) => Math.max(longest, wait), 0),
    taskSeconds: billedSeconds(outcome.tasks, paidSeconds),
    idleSeconds: outcome.tasks.reduce((sum, { idleSeconds }) => sum + idleSeconds, 0),
    startingSeconds: outcome.tasks.reduce(
      (sum, { billedFromSeconds: from, readySeconds, goneSeconds }) =>
        sum + (from === undefined ? 0 : (readySeconds ?? goneSeconds) - from),
      0,
    ),
    starts: outcome.tasks.filter(({ billedFromSeconds }) => billedFromSeconds !== undefined).length,
    peakTasks: outcome.samples.reduce((peak, { fargateReady }) => Math.max(peak, fargateReady), 0),
    firstLaunchSeconds: step && firstLaunchSeconds(outcome, step),
    recallSeconds: step && recallSeconds(outcome, step),
  };
};
