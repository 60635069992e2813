import type { BurstStep } from '../../cli/charts/burst-chart.ts';
import { taskHourUsd } from '../../functions/core/aws-prices.ts';
import { drawArrivals } from './arrivals.ts';
import { usually } from './conditions.ts';
import { type Measures, type ReplayOutcome, sampleSeconds } from './outcome.ts';
import { ours, policyNames, runCell } from './run-cell.ts';
import { busiestWindow, type Premises, perSecond, type Traffic } from './traffic.ts';

/** Somebody's own traffic on somebody's own machines: nothing is scaled. */
export interface WhatIf extends Premises {
  readonly traffic: Traffic;
  /** Of a longer trace only the part of this length that needs Fargate most is played. */
  readonly windowSeconds: number;
  /** What one Fargate task is, for its price. */
  readonly task: { readonly cpuUnits: number; readonly memoryMiB: number };
  readonly seed: number;
}

export interface WhatIfRow {
  readonly policy: string;
  readonly latePct: number;
  readonly p99S: number;
  readonly longestS: number;
  readonly taskHours: number;
  readonly usd: number;
  /** Null where the bound is nothing. */
  readonly costOverBound: number | null;
  readonly starts: number;
  readonly peakTasks: number;
}

export interface WhatIfAnswer {
  readonly trace: string;
  /** Where the played part begins and how long it is, in the whole trace of `traceSeconds`. */
  readonly fromSeconds: number;
  readonly seconds: number;
  readonly traceSeconds: number;
  /** Places of the trace without a bin, taken as time without traffic. */
  readonly gaps: number;
  readonly messages: number;
  /** What the premises carry of the mean load. */
  readonly coverage: number;
  readonly taskHourUsd: number;
  readonly boundTaskHours: number;
  readonly boundUsd: number;
  readonly rows: readonly WhatIfRow[];
  /** What our controller did over time. */
  readonly steps: readonly BurstStep[];
  /** What it said when it changed something. */
  readonly told: readonly { readonly seconds: number; readonly text: string }[];
}

/** More messages than a person waits for: some five minutes of replay. */
export const messagesMax = 3_000_000;

/** The played part of the traffic, and how many messages it is expected to have. */
export const playedPart = (
  input: WhatIf,
): {
  readonly startSeconds: number;
  readonly rates: Float64Array;
  readonly traceSeconds: number;
  readonly messages: number;
  readonly coverage: number;
} => {
  const all = perSecond(input.traffic);
  const everySeconds = input.traffic.bins[0]?.widthSeconds ?? 1;
  const { startSeconds, rates } = busiestOf(all, everySeconds, input);
  const messages = rates.reduce((sum, rate) => sum + rate, 0);
  const coverage = (input.externalSlots / input.serviceSeconds) * (rates.length / messages);
  return { startSeconds, rates, traceSeconds: all.length, messages, coverage };
};

/** Here the premises are what they are: the part with the most overflow on them. */
const busiestOf = (
  rates: Float64Array,
  everySeconds: number,
  { windowSeconds, ...premises }: WhatIf,
): { readonly startSeconds: number; readonly rates: Float64Array } =>
  busiestWindow(rates, windowSeconds, everySeconds, undefined, premises);

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Replays the traffic under our controller in the simulator and under the alternatives. */
export const answerWhatIf = async (input: WhatIf): Promise<WhatIfAnswer> => {
  const { externalSlots, serviceSeconds, deadlineSeconds, seed } = input;
  const { startSeconds, rates, traceSeconds, coverage } = playedPart(input);
  const hourUsd = taskHourUsd(input.task);
  const outcomes = new Map<string, ReplayOutcome>();
  const told: { seconds: number; text: string }[] = [];
  const result = await runCell(
    {
      trace: input.traffic.name,
      coverage,
      rates,
      externalSlots,
      serviceSeconds,
      deadlineSeconds,
      seed,
      condition: usually,
      policies: [ours, ...policyNames.filter((name) => name !== ours)],
      countFromSeconds: 0,
    },
    {
      onOutcome: (policy, outcome) => outcomes.set(policy, outcome),
      onTold: (seconds, { reason, state }) => {
        if (typeof reason === 'string')
          told.push({ seconds: Math.round(seconds), text: `${String(state).toLowerCase()}: ${reason}` });
      },
    },
  );
  const failed = Object.values(result.failures)[0];
  if (failed !== undefined) throw new Error(failed);
  const boundTaskHours = result.boundTaskSeconds / 3_600;
  const row = ([policy, measures]: [string, Measures]): WhatIfRow => ({
    policy,
    latePct: rounded((100 * measures.late) / Math.max(1, measures.messages), 3),
    p99S: rounded(measures.p99Seconds, 1),
    longestS: rounded(measures.longestSeconds, 1),
    taskHours: rounded(measures.taskSeconds / 3_600, 3),
    usd: rounded((measures.taskSeconds / 3_600) * hourUsd, 4),
    costOverBound: boundTaskHours > 0 ? rounded(measures.taskSeconds / result.boundTaskSeconds, 3) : null,
    starts: measures.starts,
    peakTasks: measures.peakTasks,
  });
  const mine = outcomes.get(ours);
  return {
    trace: input.traffic.name,
    fromSeconds: startSeconds,
    seconds: rates.length,
    traceSeconds,
    gaps: input.traffic.gaps,
    messages: result.measures[ours]?.messages ?? 0,
    coverage: rounded(coverage, 3),
    taskHourUsd: rounded(hourUsd, 6),
    boundTaskHours: rounded(boundTaskHours, 3),
    boundUsd: rounded(boundTaskHours * hourUsd, 4),
    rows: Object.entries(result.measures).map(row),
    steps: mine ? toSteps(mine, drawArrivals(rates, serviceSeconds, seed).atSeconds) : [],
    told,
  };
};

const toSteps = ({ samples, waitSeconds }: ReplayOutcome, atSeconds: Float64Array): readonly BurstStep[] => {
  const longest = new Map<number, number>();
  for (const [message, wait] of waitSeconds.entries()) {
    if (!Number.isFinite(wait)) continue;
    const step = Math.floor(((atSeconds[message] as number) + wait) / sampleSeconds);
    longest.set(step, Math.max(longest.get(step) ?? 0, wait));
  }
  return samples.map(({ visible, externalSlots, fargateReady }, step) => {
    const longestWaitSeconds = longest.get(step);
    return {
      seconds: step * sampleSeconds,
      waiting: visible,
      externalTasks: externalSlots,
      fargateTasks: fargateReady,
      ...(longestWaitSeconds !== undefined && { longestWaitSeconds: rounded(longestWaitSeconds, 1) }),
    };
  });
};
