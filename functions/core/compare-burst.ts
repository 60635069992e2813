import { paidSecondsMin } from './aws-prices.ts';
import { keda } from './peers/keda.ts';
import type { Peer, PeerMetric } from './peers/peer.ts';
import { targetTracking } from './peers/target-tracking.ts';
import type { BurstPoint, BurstTerms } from './state.ts';
import { unpaidSeconds } from './unseen-seconds.ts';
import { workBound } from './work-bound.ts';

/**
 * What others would have done with the messages that a burst met, from the looks that it recorded. Work is a fluid here:
 * messages arrive evenly between two looks and each costs the same, and a start takes what starts took on average.
 */
export type ComparedTerms = BurstTerms & {
  readonly deadlineSeconds: number;
  /** No more messages than this can have arrived: the workers' own count, and what waits still. Left out: nobody counted. */
  readonly messagesMax?: number | undefined;
};

export interface ComparedPolicy {
  readonly policy: string;
  /** Share of the recorded messages that would have been picked up after the deadline, 0 to 1. */
  readonly lateShare: number;
  /** Seconds of Fargate tasks beyond the base that are billed. */
  readonly fargateSeconds: number;
  readonly usd: number;
  readonly starts: number;
  readonly peakTasks: number;
}

export interface BurstComparison {
  /** The objective that all are held to. */
  readonly deadlineSeconds: number;
  /** Messages that arrived, those that waited at the first look included. */
  readonly messages: number;
  /** Seconds that one task takes for one message, and whether the looks showed it: it is believed otherwise. */
  readonly taskSecondsPerMessage: number;
  readonly measured: boolean;
  /** No controller could have kept the deadline with fewer Fargate seconds; starting costs nothing in it. */
  readonly boundFargateSeconds: number;
  readonly boundUsd: number;
  /** Share that this burst's own tasks would have been late with, reckoned the same way: how far the reckoning is off. */
  readonly reckonedLateShare: number;
  readonly policies: readonly ComparedPolicy[];
}

/** Messages picked up from a queue that was never empty, from which on their rate is believed. */
const measuredMin = 50;
/** What comes after the last look is not known; it is taken to go on like its last minutes. */
const tailRateMs = 120_000;
/** Who has not given a task back so long after the burst is counted up to here. */
const tailSecondsMax = 3_600;
/** Seconds from a state of the queue until a policy can see it. */
const metricAgeSeconds: Readonly<Record<PeerMetric, number>> = { minute: 60, 'twenty-seconds': 20, direct: 5 };
/** What one task picks up within the deadline is the most that it may have waiting; half of it is aimed at. */
const careful = 0.5;

/** Changes nothing: the tasks that the burst had are those that are there. */
const asItWas: Peer<undefined> = {
  metric: 'direct',
  everySeconds: 1,
  initial: undefined,
  decide: () => ({ desired: 0, state: undefined }),
};

/**
 * Played by the second, at the end of each burst: a week takes a function seconds, and a service must not be kept waiting for its
 * lease because a person let a burst stay for a year.
 */
const lookedMaxMs = 7 * 86_400_000;

const lookedMs = (points: readonly BurstPoint[]): number =>
  (points.at(-1) as BurstPoint)[0] - (points[0] as BurstPoint)[0];

/** Between two looks at least, for nothing arrives between fewer, and of a week at most. */
export const isComparable = (points: readonly BurstPoint[]): boolean =>
  points.length >= 2 && lookedMs(points) <= lookedMaxMs;

/** Undefined for a burst that is not comparable. */
export const compareBurst = (points: readonly BurstPoint[], terms: ComparedTerms): BurstComparison | undefined => {
  if (!isComparable(points)) return undefined;
  const measured = taskSecondsPerMessage(points, terms);
  const secondsEach = measured ?? terms.workSecondsPerMessage / terms.messagesPerTask;
  const load = toLoad(points, terms.fargateBase, terms.messagesMax);
  const perTask = terms.deadlineSeconds / secondsEach;
  // A spread would be one argument for each second, which is too many in a burst of two days.
  const minTasks = load.baseTasks.reduce((most, tasks) => Math.max(most, tasks), 0);
  const bounds = { minTasks, maxTasks: minTasks + terms.fargateMax - terms.fargateBase };
  const usdOf = (fargateSeconds: number): number =>
    Math.round((1e6 * fargateSeconds * terms.taskHourUsd) / 3_600) / 1e6;
  const play = <State>(policy: string, peer: Peer<State>): ComparedPolicy => {
    const played = playFluid(peer, load, { ...terms, secondsEach, minTasks });
    return { policy, usd: usdOf(played.fargateSeconds), ...played };
  };
  const boundFargateSeconds = boundOf(load, secondsEach, terms.deadlineSeconds);
  return {
    deadlineSeconds: terms.deadlineSeconds,
    messages: Math.round(load.messages),
    taskSecondsPerMessage: secondsEach,
    measured: measured !== undefined,
    boundFargateSeconds,
    boundUsd: usdOf(boundFargateSeconds),
    reckonedLateShare: playFluid(asItWas, toLoad(points, Number.POSITIVE_INFINITY, terms.messagesMax), {
      ...terms,
      secondsEach,
      minTasks: 0,
    }).lateShare,
    policies: [
      play('target tracking, 1 min', targetTracking({ ...bounds, target: careful * perTask, metric: 'minute' })),
      play('KEDA, defaults', keda({ ...bounds, queueLength: careful * perTask })),
      play('KEDA, 60 s down', keda({ ...bounds, queueLength: careful * perTask, downStabilizationSeconds: 60 })),
    ],
  };
};

/** Those that waited at the first look count as sent then: the less that had to be done, the surer it is a bound. */
const boundOf = (
  { arrived, baseTasks, firstLook, lastLook }: Load,
  secondsEach: number,
  deadlineSeconds: number,
): number => {
  const work = arrived.slice(firstLook, lastLook).map((messages) => messages * secondsEach);
  const waited = arrived.slice(0, firstLook).reduce((sum, messages) => sum + messages, 0);
  work[0] = (work[0] ?? 0) + waited * secondsEach;
  return workBound(work, { stepSeconds: 1, externalSlots: baseTasks.slice(firstLook, lastLook), deadlineSeconds });
};

/** Seconds of a task for one message, over the looks between which the queue held more than all tasks could take at once. */
const taskSecondsPerMessage = (
  points: readonly BurstPoint[],
  { messagesPerTask }: Pick<ComparedTerms, 'messagesPerTask'>,
): number | undefined => {
  let taskSeconds = 0;
  let pickedUp = 0;
  for (let index = 1; index < points.length; index += 1) {
    const [fromMs, arrivedBefore, waitedBefore, , externalBefore, , fargateBefore] = points[index - 1] as BurstPoint;
    const [toMs, arrived, waiting, , external, , fargate] = points[index] as BurstPoint;
    const tasks = (externalBefore + fargateBefore + external + fargate) / 2;
    if (Math.min(waitedBefore, waiting) <= tasks * messagesPerTask) continue;
    taskSeconds += (tasks * (toMs - fromMs)) / 1_000;
    pickedUp += Math.max(0, arrived - waiting - (arrivedBefore - waitedBefore));
  }
  return pickedUp >= measuredMin && taskSeconds > 0 ? taskSeconds / pickedUp : undefined;
};

/** By the second, from when the message was sent that was the oldest at the first look. */
interface Load {
  readonly arrived: Float64Array;
  /** Tasks on premises and at Fargate's base that took messages. */
  readonly baseTasks: Float64Array;
  readonly firstLook: number;
  readonly lastLook: number;
  readonly messages: number;
}

/**
 * The messages and the tasks that were there in any case. A look estimates what was sent from counts and reports that may
 * be apart, too much or too little; the last one, of a settled queue, is the nearest. Where it is more than can have arrived, as of tasks
 * that were given back at their work, each of them is too much by the same share.
 */
export const toLoad = (
  points: readonly BurstPoint[],
  fargateBase: number,
  messagesMax = Number.POSITIVE_INFINITY,
): Load => {
  const first = points[0] as BurstPoint;
  const last = points.at(-1) as BurstPoint;
  // Those that waited at the first look came, as far as is known, evenly since the oldest of them.
  const firstLook = Math.max(1, Math.round(first[3]));
  const secondOf = (atMs: number): number => firstLook + Math.round((atMs - first[0]) / 1_000);
  const lastLook = Math.max(firstLook + 1, secondOf(last[0]));
  const arrived = new Float64Array(lastLook + tailSecondsMax);
  const baseTasks = new Float64Array(lastLook + tailSecondsMax);
  // What came between two looks in one second came in the second before them.
  const spread = (from: number, to: number, messages: number): void => {
    const start = Math.min(from, to - 1);
    for (let second = start; second < to; second += 1)
      arrived[second] = (arrived[second] ?? 0) + messages / (to - start);
  };
  const share = messagesMax < last[1] ? messagesMax / last[1] : 1;
  const sent = neverFalling(points.map(([, told]) => share * Math.min(told, last[1])));
  spread(0, firstLook, sent[0] as number);
  for (let index = 1; index < points.length; index += 1) {
    const [fromMs, , , , external, , fargate] = points[index - 1] as BurstPoint;
    const [toMs] = points[index] as BurstPoint;
    const [from, to] = [secondOf(fromMs), secondOf(toMs)];
    spread(from, to, (sent[index] as number) - (sent[index - 1] as number));
    baseTasks.fill(external + Math.min(fargateBase, fargate), from, to);
  }
  const messages = sent.at(-1) as number;
  const since = points.findIndex(([atMs]) => atMs >= last[0] - tailRateMs);
  const tailSeconds = (last[0] - (points[since] as BurstPoint)[0]) / 1_000;
  arrived.fill(tailSeconds > 0 ? (messages - (sent[since] as number)) / tailSeconds : 0, lastLook);
  baseTasks.fill(last[4] + Math.min(fargateBase, last[6]), lastLook);
  return { arrived, baseTasks, firstLook, lastLook, messages };
};

/** The never falling numbers that are closest to these in the mean square: those that contradict each other are averaged. */
const neverFalling = (told: readonly number[]): readonly number[] => {
  const pools: { sum: number; count: number }[] = [];
  for (const each of told) {
    let pool = { sum: each, count: 1 };
    for (
      let before = pools.at(-1);
      before && before.sum / before.count > pool.sum / pool.count;
      before = pools.at(-1)
    ) {
      pool = { sum: pool.sum + before.sum, count: pool.count + before.count };
      pools.pop();
    }
    pools.push(pool);
  }
  return pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
};

interface FluidTask {
  readonly askedSecond: number;
  readonly readySecond: number;
}

/** Plays a policy from the first look on. */
export const playFluid = <State>(
  peer: Peer<State>,
  { arrived, baseTasks, firstLook, lastLook, messages }: Load,
  {
    deadlineSeconds,
    startSeconds,
    secondsEach,
    minTasks,
  }: Pick<ComparedTerms, 'deadlineSeconds' | 'startSeconds'> & {
    readonly secondsEach: number;
    readonly minTasks: number;
  },
): Omit<ComparedPolicy, 'policy' | 'usd'> => {
  let { initial: state } = peer;
  let desired = minTasks;
  let tasks: readonly FluidTask[] = [];
  let [arrivedInAll, pickedUp, late, fargateSeconds, starts, peakTasks] = [0, 0, 0, 0, 0, 0];
  /** Messages that had arrived by the end of each second. */
  const sent = new Float64Array(arrived.length);
  /** The last seconds, back to the one that the policy can see now. */
  const seen: { visible: number; inFlight: number; running: number }[] = [];
  const bill = ({ askedSecond }: FluidTask, second: number): void => {
    const billed = second - askedSecond - unpaidSeconds;
    if (billed > 0) fargateSeconds += Math.max(paidSecondsMin, billed);
  };
  let second = 0;
  for (; second < arrived.length; second += 1) {
    arrivedInAll += arrived[second] as number;
    sent[second] = arrivedInAll;
    if (second < firstLook) continue;
    const ready = (baseTasks[second] as number) + tasks.filter(({ readySecond }) => readySecond <= second).length;
    const taken = Math.min(arrivedInAll - pickedUp, ready / secondsEach);
    // First in, first out: of what is taken, that is late which had been sent longer ago than the deadline.
    const overdue = sent[second - Math.ceil(deadlineSeconds) - 1] ?? 0;
    late += Math.max(0, Math.min(pickedUp + taken, overdue, messages) - pickedUp);
    pickedUp += taken;
    seen.push({ visible: arrivedInAll - pickedUp, inFlight: taken * secondsEach, running: ready });
    if (seen.length > metricAgeSeconds[peer.metric] + 1) seen.shift();
    const at = second - firstLook;
    if (at % peer.everySeconds === 0) {
      const old = seen[0] as (typeof seen)[number];
      const decided = peer.decide(
        { visible: Math.round(old.visible), inFlight: Math.round(old.inFlight), running: old.running, desired },
        state,
        at,
      );
      ({ state, desired } = decided);
      const wanted = desired - minTasks;
      // Those that do not work yet go first, then the oldest: tasks stand in the order in which they were asked for.
      const leaving = tasks
        .toSorted((a, b) => Number(a.readySecond <= second) - Number(b.readySecond <= second))
        .slice(0, Math.max(0, tasks.length - wanted));
      for (const task of leaving) bill(task, second);
      const asked = Array.from({ length: Math.max(0, wanted - tasks.length) }, () => ({
        askedSecond: second,
        readySecond: second + Math.round(startSeconds),
      }));
      starts += asked.length;
      tasks = [...tasks.filter((task) => !leaving.includes(task)), ...asked];
      peakTasks = Math.max(peakTasks, tasks.length);
    }
    if (second >= lastLook && tasks.length === 0 && pickedUp >= messages - 1e-6) break;
  }
  for (const task of tasks) bill(task, second);
  return {
    lateShare: messages > 0 ? (late + Math.max(0, messages - pickedUp)) / messages : 0,
    fargateSeconds: Math.round(fargateSeconds),
    starts,
    peakTasks,
  };
};
