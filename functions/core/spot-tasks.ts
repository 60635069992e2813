import type { BurstLimits, ObservedCapacity } from './observed-burst.ts';
import type { BurstMemory } from './state.ts';

/** What a look makes of the tasks on Fargate Spot. */
export interface SpotLook {
  /** When AWS took tasks back since the last look, oldest first. ECS starts each of them again by itself. */
  readonly takenBackMs: readonly number[];
  /** US dollars for the Fargate tasks beyond the base since the last look, both kinds. */
  readonly spentUsd: number;
  /** undefined where no task may run on Spot. */
  readonly memory: BurstMemory['spot'];
}

/**
 * Of what was paid since the last look the part that Spot tasks have, by their part of the tasks that there are now. Tasks at
 * rest run on demand, so those on Spot are all the burst's. Seconds in which nobody looked and nothing is left of count as on
 * demand, the dearer of the two.
 */
export const seeSpot = (
  spot: ObservedCapacity['spot'],
  memory: BurstMemory,
  paid: { readonly tasks: number; readonly taskSeconds: number },
  limits: Pick<BurstLimits, 'fargateHourlyUsd' | 'spotHourlyUsd'>,
  nowMs: number,
): SpotLook => {
  const known = memory.spot;
  const sinceMs = known?.seenMs ?? memory.lastLookMs ?? nowMs;
  const takenBackMs = (spot?.takenBackMs ?? []).filter((atMs) => atMs > sinceMs).toSorted((a, b) => a - b);
  const spotTasks = Math.min(paid.tasks, spot?.tasks ?? 0);
  const taskSeconds = paid.tasks > 0 ? (paid.taskSeconds * spotTasks) / paid.tasks : 0;
  const usd = (taskSeconds / 3_600) * (limits.spotHourlyUsd ?? limits.fargateHourlyUsd);
  const spentUsd = ((paid.taskSeconds - taskSeconds) / 3_600) * limits.fargateHourlyUsd + usd;
  if (!spot && !known) return { takenBackMs, spentUsd, memory: undefined };
  return {
    takenBackMs,
    spentUsd,
    memory: {
      seenMs: takenBackMs.at(-1) ?? sinceMs,
      takenBack: (known?.takenBack ?? 0) + takenBackMs.length,
      taskSeconds: (known?.taskSeconds ?? 0) + taskSeconds,
      usd: (known?.usd ?? 0) + usd,
    },
  };
};
