import type { WorkerPoint, WorkerReport } from './observed-burst.ts';

/** What the workers' reports say together. Each task's last minute is in its own report, so nothing is remembered here. */

/** Reports that a task may miss before it counts as gone, and seconds that one may be on its way. */
const missedReports = 2;
const onTheWaySeconds = 5;
/** Heads that are compared, so that one message that came back to the queue with its old time does not decide. */
const headsCompared = 9;

/** Tasks on premises that miss a report at the same time, and their share of all: fewer may do so by chance. */
const togetherLeast = { tasks: 3, share: 0.2 };

/** Seconds since a task last told of itself; infinite where it never did. */
const silentSeconds = ({ points }: WorkerReport, nowMs: number): number =>
  (nowMs - (points.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY)) / 1_000;

/** Whether a task still works, as far as its reports say. */
export const isLive = (worker: WorkerReport, nowMs: number): boolean =>
  !worker.stopping &&
  !worker.cutOff &&
  silentSeconds(worker, nowMs) <= (missedReports + 0.5) * worker.everySeconds + onTheWaySeconds;

/**
 * Marks the tasks on premises that one report is missing of, where it is of several at once: a machine or a link is
 * gone, which need not be waited for as a single report that was lost. Only where others tell of themselves in time: if
 * nobody does, it may be the reporting that fails.
 */
export const withCutOff = (workers: readonly WorkerReport[], nowMs: number): readonly WorkerReport[] => {
  const working = workers.filter((worker) => isLive(worker, nowMs));
  const overdue = (worker: WorkerReport): boolean =>
    silentSeconds(worker, nowMs) > worker.everySeconds + onTheWaySeconds;
  const external = working.filter(({ capacity }) => capacity === 'external');
  const missing = external.filter(overdue);
  if (missing.length < Math.max(togetherLeast.tasks, togetherLeast.share * external.length)) return workers;
  if (working.every(overdue)) return workers;
  return workers.map((worker) => (missing.includes(worker) ? { ...worker, cutOff: true } : worker));
};

/** Which counter is read, and how it goes on after a task's newest point. */
export interface Counter {
  readonly read: (point: WorkerPoint) => number;
  /** By how much it rises a second on each slot: where every slot has work, or none has; else as it rose last. */
  readonly pacePerSlot: number | undefined;
}

/** A pace that is measured over less than this says more of chance than of the task. */
const paceSeconds = 15;

/** A counter at a time: on a line between two points, and beyond them at a pace. */
const at = (worker: WorkerReport, counter: Counter, nowMs: number, timeMs: number): number => {
  const { startedMs, points, slots } = worker;
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last || timeMs <= startedMs) return 0;
  const values = points.map((point) => ({ atMs: point.atMs, value: counter.read(point) }));
  const paceSince = (from: WorkerPoint): number =>
    ((counter.read(last) - counter.read(from)) * 1_000) / (last.atMs - from.atMs);
  const isFar = (point: WorkerPoint): boolean => last.atMs - point.atMs >= paceSeconds * 1_000;
  if (timeMs >= last.atMs) {
    const workedMs = isLive(worker, nowMs) ? timeMs - last.atMs : 0;
    // The newest pace: a load that ended a minute ago would go on for the six minutes that seven calm reports cover.
    const newest = points.findLast(isFar);
    const onward = counter.pacePerSlot === undefined ? (newest ? paceSince(newest) : 0) : slots * counter.pacePerSlot;
    return counter.read(last) + (onward * workedMs) / 1_000;
  }
  if (timeMs <= first.atMs) {
    const before = isFar(first) ? paceSince(first) : 0;
    return Math.max(0, counter.read(first) - (before * (first.atMs - timeMs)) / 1_000);
  }
  const next = values.findIndex((value) => value.atMs > timeMs);
  const b = values[next] as { atMs: number; value: number };
  const a = values[next - 1] as { atMs: number; value: number };
  return a.value + ((b.value - a.value) * (timeMs - a.atMs)) / (b.atMs - a.atMs);
};

/** The newest time up to which every task that still works has told of itself. */
export const toldUntil = (workers: readonly WorkerReport[], nowMs: number): number =>
  Math.min(
    nowMs,
    ...workers.filter((worker) => isLive(worker, nowMs)).map(({ points }) => points.at(-1)?.atMs ?? nowMs),
  );

/** By how much a counter of all workers together rose from one time to another, as known at `nowMs`. */
export const risen = (
  workers: readonly WorkerReport[],
  counter: Counter,
  fromMs: number,
  toMs: number,
  nowMs: number,
): number =>
  workers.reduce(
    (sum, worker) => sum + Math.max(0, at(worker, counter, nowMs, toMs) - at(worker, counter, nowMs, fromMs)),
    0,
  );

/** The message that was the oldest one waiting, when a worker received it. */
export interface Head {
  readonly sentMs: number;
  readonly receivedMs: number;
}

/** The median, by when they were sent, of the messages that were received last; undefined where no worker tells. */
export const readHead = (workers: readonly WorkerReport[], nowMs: number): Head | undefined => {
  const heads = workers
    .flatMap((worker): Head[] => {
      const last = worker.points.at(-1);
      if (!isLive(worker, nowMs) || last?.headSentMs === undefined || last.headReceivedMs === undefined) return [];
      return [{ sentMs: last.headSentMs, receivedMs: last.headReceivedMs }];
    })
    .sort((a, b) => b.receivedMs - a.receivedMs)
    .slice(0, headsCompared)
    .sort((a, b) => a.sentMs - b.sentMs);
  return heads[Math.floor(heads.length / 2)];
};
