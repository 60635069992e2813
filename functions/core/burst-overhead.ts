import { awsPrices } from './aws-prices.ts';
import type { BurstPoint } from './state.ts';

/**
 * What a burst costs beside its tasks. AWS bills no burst, so this is reckoned from what is known of it: how often what is called
 * stands in the state machine and the functions; bytes were measured on the sample's functions and workers, traffic is assumed.
 */

/** One thing that the controller does: the states it passes, and what its functions call. */
interface Step {
  readonly transitions: number;
  readonly functions: number;
  readonly sqsCalls: number;
  readonly tableWrites: number;
  readonly tableReads: number;
  readonly events: number;
  readonly logBytes: number;
}

/** The record is an item of 4 KB, the looks before this one are 6 KB on average, and the report of each task is read. */
const look: Step = {
  transitions: 4,
  functions: 1,
  sqsCalls: 4,
  tableWrites: 10,
  tableReads: 8,
  events: 0,
  logBytes: 1_200,
};
/** A count that is set, and told with its line of the history. */
const move: Step = {
  transitions: 3,
  functions: 2,
  sqsCalls: 0,
  tableWrites: 3,
  tableReads: 3,
  events: 1,
  logBytes: 2_400,
};
/** The admission, what is told of it, and the end with its record and its lines. */
const beginAndEnd: Step = {
  transitions: 7,
  functions: 3,
  sqsCalls: 0,
  tableWrites: 28,
  tableReads: 20,
  events: 2,
  logBytes: 5_500,
};
/** A worker's event of a late message, which finds the burst under way. */
const signal: Step = {
  transitions: 0,
  functions: 1,
  sqsCalls: 0,
  tableWrites: 0,
  tableReads: 1,
  events: 1,
  logBytes: 1_200,
};

/** Seconds and GiB of a function, on ARM: its memory is 512 MB, and most of its time it waits for AWS. */
const functionUsd = awsPrices.lambdaCall.usd + 0.3 * 0.5 * awsPrices.lambdaArmGibSecond.usd + awsPrices.trace.usd;

const stepUsd = (step: Step): number =>
  step.transitions * awsPrices.stateTransition.usd +
  step.functions * functionUsd +
  step.sqsCalls * awsPrices.sqsCall.usd +
  step.tableWrites * awsPrices.tableWrite.usd +
  step.tableReads * awsPrices.tableRead.usd +
  step.events * awsPrices.customEvent.usd;

/** A Fargate task's own lines, from its start to its stop, and for each message. */
const taskLogBytes = 600;
const messageLogBytes = 250;

/** A Fargate task reports every 10 s, two units each. */
const reportWritesPerSecond = 0.2;

/**
 * Traffic of a task with AWS through the NAT gateway: what it takes to start it without its image, which S3's gateway endpoint
 * lets past for nothing; its empty receives and what ECS asks of it; and for each message to receive, to log and to delete it.
 */
const startBytes = 200_000;
const idleBytesPerSecond = 500;
const messageBytes = 8_000;

const gigabyte = 1_000_000_000;

/** A worker tells of messages that had waited for this share of the deadline, at most once in so many seconds. */
const lateShare = 1 / 8;
const signalEverySeconds = 30;

/**
 * What the looks let know of the workers: how many such events they sent, each task that worked while the oldest message was that
 * late; and how many messages those in Fargate took, as their share of the tasks that worked.
 */
export const seenWork = (
  points: readonly BurstPoint[],
  deadlineSeconds: number,
): Pick<BurstWork, 'signals' | 'fargateMessages'> => {
  let [signals, fargateMessages] = [0, 0];
  for (let index = 1; index < points.length; index += 1) {
    const [fromMs, arrivedBefore, waitedBefore, oldest, externalBefore, , fargateBefore] = points[
      index - 1
    ] as BurstPoint;
    const [toMs, arrived, waiting, , external, , fargate] = points[index] as BurstPoint;
    if (oldest >= lateShare * deadlineSeconds)
      signals += ((externalBefore + fargateBefore) * (toMs - fromMs)) / 1_000 / signalEverySeconds;
    const inFargate = fargateBefore + fargate;
    const pickedUp = Math.max(0, arrived - waiting - (arrivedBefore - waitedBefore));
    if (inFargate > 0) fargateMessages += (pickedUp * inFargate) / (inFargate + externalBefore + external);
  }
  return { signals, fargateMessages };
};

export interface BurstWork {
  readonly looks: number;
  readonly moves: number;
  /** Events of workers that a message was late. */
  readonly signals: number;
  readonly fargateStarts: number;
  readonly fargatePaidSeconds: number;
  /** Messages that Fargate tasks worked on. */
  readonly fargateMessages: number;
  /** Each Fargate task has a public IPv4 address; otherwise it is behind a NAT gateway. */
  readonly publicAddresses: boolean;
}

/** US dollars of the functions, state machine, calls and events; of logs taken in; and of the network. */
export const overheadOf = (
  work: BurstWork,
): { readonly controller: number; readonly logs: number; readonly network: number } => {
  const { looks, moves, signals, fargateStarts, fargatePaidSeconds, fargateMessages, publicAddresses } = work;
  const logBytes =
    looks * look.logBytes +
    moves * move.logBytes +
    signals * signal.logBytes +
    beginAndEnd.logBytes +
    fargateStarts * taskLogBytes +
    fargateMessages * messageLogBytes;
  const natBytes =
    fargateStarts * startBytes + fargatePaidSeconds * idleBytesPerSecond + fargateMessages * messageBytes;
  return {
    controller:
      looks * stepUsd(look) +
      moves * stepUsd(move) +
      signals * stepUsd(signal) +
      stepUsd(beginAndEnd) +
      fargatePaidSeconds * reportWritesPerSecond * awsPrices.tableWrite.usd,
    logs: (logBytes / gigabyte) * awsPrices.logsGb.usd,
    network: publicAddresses
      ? (fargatePaidSeconds / 3_600) * awsPrices.publicIpv4Hour.usd
      : (natBytes / gigabyte) * awsPrices.natGb.usd,
  };
};
