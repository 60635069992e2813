import type { WorkerReport } from './observed-burst.ts';
import { risen, toldUntil } from './read-workers.ts';
import type { BurstMemory } from './state.ts';

type Busy = NonNullable<BurstMemory['fargateBusy']>;

/**
 * Adds up the seconds in which Fargate's tasks worked, a task with half of its slots at work for half of them, and less the base's
 * part: its tasks work as much as the others. What tasks have not told of yet is guessed, and counted anew once they have, as pick-ups
 * are.
 *
 * @param workers those in Fargate.
 * @param busyPerSlot 1 where every slot has work, 0 where none has; undefined: as much as it had last.
 * @param sinceMs from when on they count.
 */
export const countBusy = (
  before: Busy | undefined,
  workers: readonly WorkerReport[],
  busyPerSlot: number | undefined,
  fargateBase: number,
  sinceMs: number,
  nowMs: number,
): Busy => {
  const { atMs, toldSeconds } = before ?? { atMs: sinceMs, toldSeconds: 0 };
  const untilMs = Math.max(toldUntil(workers, nowMs), atMs);
  const share = Math.max(0, 1 - fargateBase / workers.length);
  const pacePerSlot = busyPerSlot === undefined ? undefined : 1_000 * busyPerSlot;
  const busyUntil = (toMs: number): number =>
    workers.reduce((all, worker) => {
      const busyMs = risen([worker], { read: (point) => point.busyMs, pacePerSlot }, atMs, toMs, nowMs);
      return all + (share * busyMs) / 1_000 / worker.slots;
    }, toldSeconds);
  return { atMs: untilMs, toldSeconds: busyUntil(untilMs), seconds: busyUntil(nowMs) };
};
