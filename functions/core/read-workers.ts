import type { WorkerPoint, WorkerReport } from './observed-burst.ts';

/** What the workers' reports say together. Each task's last minute is in its own report, so nothing is remembered here. */

/** Reports that a task may miss before it counts as gone, and seconds that one may be on its way. */
const missedReports = 2;
const onTheWaySeconds = 5;
/** Heads that are compared, so that one message that came back to the queue with its old time does not decide. */
const headsCompared = 9;

/** Whether a task still works, as far as its reports say. */
export const isLive = (worker: WorkerReport, nowMs: number): boolean => {
  const last = worker.points.at(-1);
  if (!last || worker.stopping) return false;
  return nowMs - last.atMs <= ((missedReports + 0.5) * worker.everySeconds + onTheWaySeconds) * 1_000;
};

/** A counter at a time: between two points on a line, after the last one at the pace of the last two. */
const at = (
  { startedMs, points }: WorkerReport,
  live: boolean,
  timeMs: number,
  read: (point: WorkerPoint) => number,
): number => {
  const [first] = points;
  if (!first) return 0;
  const known = first.atMs > startedMs ? [{ atMs: startedMs, value: 0 }] : [];
  // A task that was there long before its oldest point says nothing of the time before it.
  const steps = [
    ...(first.atMs - startedMs < 120_000 ? known : []),
    ...points.map((point) => ({ atMs: point.atMs, value: read(point) })),
  ];
  const next = steps.findIndex((step) => step.atMs >= timeMs);
  const b = steps[next === -1 ? steps.length - 1 : next];
  const a = steps[(next === -1 ? steps.length - 1 : next) - 1];
  if (!b) return 0;
  if (!a || b.atMs === a.atMs) return b.value;
  if (next === -1 && !live) return b.value;
  return b.value + ((b.value - a.value) * (timeMs - b.atMs)) / (b.atMs - a.atMs);
};

/** By how much a counter of all workers together rose from one time to another. */
export const risen = (
  workers: readonly WorkerReport[],
  fromMs: number,
  toMs: number,
  read: (point: WorkerPoint) => number,
): number => {
  let sum = 0;
  for (const worker of workers) {
    if ((worker.points.at(-1)?.atMs ?? 0) < fromMs && !isLive(worker, toMs)) continue;
    const live = isLive(worker, toMs);
    sum += Math.max(0, at(worker, live, toMs, read) - at(worker, live, Math.max(fromMs, worker.startedMs), read));
  }
  return sum;
};

/** When the message was sent that is the oldest one waiting, by the messages that were received last. */
export const readHead = (workers: readonly WorkerReport[], nowMs: number): number | undefined => {
  const heads = workers
    .flatMap((worker) => {
      const last = worker.points.at(-1);
      if (!isLive(worker, nowMs) || last?.headSentMs === undefined || last.headReceivedMs === undefined) return [];
      return [{ sentMs: last.headSentMs, receivedMs: last.headReceivedMs }];
    })
    .sort((a, b) => b.receivedMs - a.receivedMs)
    .slice(0, headsCompared)
    .map(({ sentMs }) => sentMs)
    .sort((a, b) => a - b);
  return heads[Math.floor(heads.length / 2)];
};
