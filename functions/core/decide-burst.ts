import type { BurstMemory, CountMove } from './state.ts';

/** One capacity's twin, as seen at a look. */
export interface ObservedCapacity {
  readonly twin: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
}

export interface ObservedBurst {
  /** Messages that wait, and messages that are being worked on. Both are approximate by the nature of SQS. */
  readonly visible: number;
  readonly inFlight: number;
  readonly external: ObservedCapacity;
  readonly fargate: ObservedCapacity;
  /** Further tasks that the connected machines can take now; undefined when nobody looked. */
  readonly externalRoom: number | undefined;
}

export interface BurstLimits {
  readonly deadlineSeconds: number;
  readonly workSecondsPerMessage: number;
  readonly messagesPerTask: number;
  readonly calmLooks: number;
  readonly externalBase: number;
  readonly externalMax: number;
  readonly fargateBase: number;
  readonly fargateMax: number;
  /** A fixed number of Fargate tasks, where one was asked for. */
  readonly fixedTasks?: number;
  /** Epoch milliseconds after which the burst is recalled, where a time was asked for. */
  readonly untilMs?: number;
}

export interface BurstDecision {
  readonly action: 'act' | 'rest' | 'hand-over' | 'end';
  readonly moves: readonly CountMove[];
  readonly reason: string;
  readonly memory: BurstMemory;
  /** With `end`. */
  readonly cause?: 'calm' | 'time-over';
}

/**
 * Looks after which an execution hands over. Step Functions ends an execution at 25,000 history events; a look costs at
 * most 30 (decide 5 + 2, two moves of 2 + 5 and the end of their loop 2, telling 5, wait 2), so 400 looks cost 12,000.
 */
export const looksPerExecution = 400;

/** The share of the objective that is planned with; the rest is for counts and estimates that are off. */
const share = 0.8;

/**
 * Seconds from asking for a Fargate task until it takes messages: AWS publishes no figure, its own sample took 20 s and
 * users report 20 to 60.
 */
const startSeconds = 30;

/** Fargate bills at least one minute of each task. */
const paidSeconds = 60;

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
const round = (value: number): number => Math.round(value * 10) / 10;
const tasks = (count: number): string => `${count} task${count === 1 ? '' : 's'}`;

/**
 * How many tasks each capacity should have. Enough for the backlog to be picked up within the objective, and never fewer
 * than what arrives keeps busy; external machines first, Fargate for what they cannot take. Up at once; down only to what the
 * last `calmLooks` looks all agree on, and not before the paid minute of the tasks is used.
 */
export const decideBurst = (
  observed: ObservedBurst,
  memory: BurstMemory,
  limits: BurstLimits,
  nowMs: number,
): BurstDecision => {
  const { external, fargate } = observed;
  const backlog = observed.visible + observed.inFlight;
  const perTask = limits.messagesPerTask / limits.workSecondsPerMessage;
  const running = external.running + fargate.running;
  const elapsed = memory.lastLookMs === undefined ? 0 : Math.max(0, (nowMs - memory.lastLookMs) / 1_000);
  const growth = elapsed > 0 && memory.lastBacklog !== undefined ? (backlog - memory.lastBacklog) / elapsed : 0;

  // What is in flight leaves at one message for each `workSeconds`; what arrives is what leaves plus what piles up.
  const leaving = Math.min(observed.inFlight / limits.workSecondsPerMessage, running * perTask);
  const arrivals = [...memory.arrivals, Math.max(0, leaving + growth)].slice(-limits.calmLooks);
  const arriving = arrivals.reduce((sum, each) => sum + each, 0) / arrivals.length;

  // Tasks that are on their way already work against the growth before new ones could.
  const starting = external.pending + Math.max(0, fargate.desired - fargate.running);
  const expected = backlog + Math.max(0, growth - starting * perTask) * startSeconds;
  const planned = limits.deadlineSeconds * share;
  const forBacklog = Math.ceil(expected / (perTask * planned));
  const forArrivals = Math.ceil(round(arriving / perTask));
  const need = Math.max(forBacklog, forArrivals);
  const needs = [...memory.needs, need].slice(-limits.calmLooks);
  const settled = needs.length >= limits.calmLooks;
  const target = Math.max(...needs);

  const base = limits.externalBase + limits.fargateBase;
  const calm = settled && target <= base;
  const timeOver = limits.untilMs !== undefined && nowMs >= limits.untilMs;
  const paidUntilMs = (memory.raisedAtMs ?? Number.NEGATIVE_INFINITY) + (startSeconds + paidSeconds) * 1_000;
  const mayLower = settled && nowMs >= paidUntilMs;

  const externalFits =
    observed.externalRoom === undefined
      ? limits.externalMax
      : Math.max(limits.externalBase, external.running + external.pending + observed.externalRoom);
  const externalWanted = clamp(
    target - limits.fargateBase,
    limits.externalBase,
    Math.min(limits.externalMax, externalFits),
  );
  const fargateWanted = clamp(limits.fixedTasks ?? target - externalWanted, limits.fargateBase, limits.fargateMax);

  const recall =
    timeOver || (calm && (limits.fixedTasks === undefined || limits.untilMs === undefined) && nowMs >= paidUntilMs);
  const lowered = (wanted: number, desired: number): number => (wanted >= desired || mayLower ? wanted : desired);
  const externalGoal = recall ? limits.externalBase : lowered(externalWanted, external.desired);
  const fargateGoal = recall ? limits.fargateBase : lowered(fargateWanted, fargate.desired);

  const moves: CountMove[] = [];
  if (externalGoal !== external.desired) moves.push({ twin: external.twin, desiredCount: externalGoal });
  if (fargateGoal !== fargate.desired) moves.push({ twin: fargate.twin, desiredCount: fargateGoal });

  const next: BurstMemory = {
    looks: memory.looks + 1,
    looksInAll: memory.looksInAll + 1,
    lastLookMs: nowMs,
    lastBacklog: backlog,
    arrivals,
    needs,
    raisedAtMs: fargateGoal > fargate.desired ? nowMs : memory.raisedAtMs,
    peakBacklog: Math.max(memory.peakBacklog, backlog),
    peakFargateTasks: Math.max(memory.peakFargateTasks, fargate.running),
    fargateTaskSeconds: memory.fargateTaskSeconds + Math.max(0, fargate.running - limits.fargateBase) * elapsed,
  };

  const sees = `${backlog} messages wait or are in work${growth === 0 ? '' : `, ${round(Math.abs(growth))} a second ${growth > 0 ? 'more' : 'fewer'}`}; about ${round(arriving)} a second arrive`;
  const computes = `${tasks(need)} of ${round(perTask)} a second pick that up within ${limits.deadlineSeconds} s`;
  if (moves.length === 0 && recall) {
    return {
      action: 'end',
      cause: timeOver ? 'time-over' : 'calm',
      moves,
      memory: next,
      reason: timeOver
        ? `${sees}. The time that was asked for is over, and both twins are at their base.`
        : `${sees}. The base of ${tasks(base)} has been enough for ${limits.calmLooks} looks in a row, and both twins are at it.`,
    };
  }
  if (next.looks >= looksPerExecution && moves.length === 0) {
    return {
      action: 'hand-over',
      moves,
      memory: { ...next, looks: 0 },
      reason: `${sees}. After ${next.looks} looks a fresh execution goes on.`,
    };
  }
  const goal = [
    ...(externalGoal === external.desired ? [] : [`external ${external.desired} → ${externalGoal}`]),
    ...(fargateGoal === fargate.desired ? [] : [`Fargate ${fargate.desired} → ${fargateGoal}`]),
  ].join(', ');
  if (moves.length > 0) {
    const why = timeOver
      ? 'the time that was asked for is over'
      : recall
        ? `the base of ${tasks(base)} has been enough for ${limits.calmLooks} looks in a row`
        : limits.fixedTasks !== undefined
          ? `${tasks(limits.fixedTasks)} in Fargate were asked for`
          : computes;
    const short =
      !recall && target > externalWanted + fargateWanted
        ? `; ${target} would be needed, which the maxima do not allow`
        : '';
    return { action: 'act', moves, memory: next, reason: `${sees}: ${why}; ${goal}${short}.` };
  }
  return {
    action: 'rest',
    moves,
    memory: next,
    reason: `${sees}: ${computes}; the counts stay at external ${external.desired}, Fargate ${fargate.desired}.`,
  };
};
