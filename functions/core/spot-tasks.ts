import { lateReadMs } from './late-read.ts';
import type { BurstLimits, ObservedCapacity, TakenBack } from './observed-burst.ts';
import type { BurstMemory } from './state.ts';

/** What a look makes of the tasks on Fargate Spot. */
export interface SpotLook {
  /** When AWS took those tasks back that no look has counted yet, oldest first. ECS starts each of them again by itself. */
  readonly takenBackMs: readonly number[];
  /** US dollars for the Fargate tasks beyond the base since the last look, both kinds. */
  readonly spentUsd: number;
  /** undefined where no task may run on Spot. */
  readonly memory: BurstMemory['spot'];
}

/** ECS tells of a stopped task for about an hour; one that it tells of later than this is not counted. */
const forgottenMs = 2 * 3_600_000;

/**
 * Counts what AWS took back by the tasks' ids, since ECS may list an interruption late, after younger ones, or again. Only what
 * was stopped before the first look is left to an earlier burst.
 *
 * Of what was paid since the last look Spot has its tasks' part of those that there are now. Tasks at rest run on demand, so
 * those on Spot are all the burst's. Seconds in which nobody looked and nothing is left of count as on demand, the dearer of
 * the two.
 */
export const seeSpot = (
  spot: ObservedCapacity['spot'],
  memory: BurstMemory,
  paid: { readonly tasks: number; readonly taskSeconds: number },
  limits: Pick<BurstLimits, 'fargateHourlyUsd' | 'spotHourlyUsd'>,
  nowMs: number,
): SpotLook => {
  const known = memory.spot;
  const seenMs = Math.max(known?.seenMs ?? memory.lastLookMs ?? nowMs, nowMs - forgottenMs);
  const counted = known?.takenBackTasks ?? [];
  const told = new Map((spot?.takenBack ?? []).map(({ task, atMs }) => [task, { task, atMs }]));
  for (const { task } of counted) told.delete(task);
  const fresh = [...told.values()].filter(({ atMs }) => atMs > seenMs).toSorted((a, b) => a.atMs - b.atMs);
  const takenBackMs = fresh.map(({ atMs }) => atMs);
  const spotTasks = Math.min(paid.tasks, spot?.tasks ?? 0);
  const taskSeconds = paid.tasks > 0 ? (paid.taskSeconds * spotTasks) / paid.tasks : 0;
  const usd = (taskSeconds / 3_600) * (limits.spotHourlyUsd ?? limits.fargateHourlyUsd);
  const spentUsd = ((paid.taskSeconds - taskSeconds) / 3_600) * limits.fargateHourlyUsd + usd;
  if (!spot && !known) return { takenBackMs, spentUsd, memory: undefined };
  return {
    takenBackMs,
    spentUsd,
    memory: {
      seenMs,
      takenBack: (known?.takenBack ?? 0) + fresh.length,
      takenBackTasks: [...counted, ...fresh].filter(({ atMs }) => atMs > seenMs),
      taskSeconds: (known?.taskSeconds ?? 0) + taskSeconds,
      usd: (known?.usd ?? 0) + usd,
    },
  };
};

/**
 * A task on Spot is warned two minutes before it is stopped.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
 */
const warningMs = 120_000;

/**
 * How many tasks AWS had taken back that were counted still at the look of `sinceMs`: one that is at its work is, beside the one that
 * ECS starts in its place. What it told just before may have been a late read, and says when they went.
 * @param surplus how many tasks more were counted than there are to be.
 */
export const leavingSpot = (takenBack: readonly TakenBack[], surplus: number, sinceMs: number): number => {
  const warned = takenBack.filter(({ atMs }) => atMs <= sinceMs - lateReadMs && atMs > sinceMs - warningMs);
  return Math.max(0, Math.min(warned.length, surplus));
};

/**
 * The tasks that were asked for, oldest first, after AWS took some back: such a task had worked, so it was one of the oldest, and
 * ECS asked for another one when it learnt of it. Where all were asked for later, the burst had given that task back before, and
 * nothing came in its place.
 */
export const askedAgain = (
  asked: BurstMemory['asked'],
  takenBackMs: readonly number[],
): { readonly asked: BurstMemory['asked']; readonly again: number } => {
  const most = asked.reduce((sum, { tasks }) => sum + tasks, 0);
  let after = asked;
  let again = 0;
  // The newest, where more were taken back than are asked for: the others were given back meanwhile.
  for (const atMs of takenBackMs.slice(-most)) {
    const [oldest, ...younger] = after;
    if (!oldest || oldest.atMs >= atMs) continue;
    const left = oldest.tasks > 1 ? [{ ...oldest, tasks: oldest.tasks - 1 }] : [];
    after = [...left, ...younger, { atMs, tasks: 1 }].toSorted((a, b) => a.atMs - b.atMs);
    again += 1;
  }
  return { asked: after, again };
};
