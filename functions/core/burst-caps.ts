import type { BurstLimits } from './observed-burst.ts';
import type { BurstMemory } from './state.ts';

/** The most Fargate tasks there may be now, and what says so. */
export interface EffectiveCap {
  readonly tasks: number;
  readonly because: string;
}

export type Spent = NonNullable<BurstMemory['spent']>;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What was spent in the hour and on the day of `nowMs`, after `usd` more; an hour or a day that is over starts at 0. */
export const spend = (before: Spent | undefined, usd: number, nowMs: number): Spent => ({
  atMs: nowMs,
  hourUsd: (before && Math.floor(before.atMs / hourMs) === Math.floor(nowMs / hourMs) ? before.hourUsd : 0) + usd,
  dayUsd: (before && Math.floor(before.atMs / dayMs) === Math.floor(nowMs / dayMs) ? before.dayUsd : 0) + usd,
});

/** For so long a burst may be without a look: its execution died, the guardian comes each minute, and its first looks fail. Longer than the paid minute. */
const unattendedSeconds = 180;
/** A task that is given back may work on for about this long. */
const stopSeconds = 30;

/** For so long a task that runs at a look may cost, if it is given back at the next one. */
export const commitSeconds = (lookSeconds: number): number => unattendedSeconds + 2 * lookSeconds + stopSeconds;

/** What a budget is divided by. */
type BudgetLimits = Pick<
  BurstLimits,
  'fargateBase' | 'fargateMaximumPercent' | 'fargateCaps' | 'fargateHourlyUsd' | 'hourlyUsdMax' | 'dailyUsdMax'
>;

const dollars = (usd: number): string => `$${usd.toFixed(2)}`;

/**
 * The least of all caps. A budget allows as many tasks as what is left of it can pay for `seconds`, those of `commitSeconds`. So tasks are given back before it is passed. A rollout
 * may begin in that time, which runs more than are desired for as long as it replaces them, those of the base included.
 */
export const effectiveCap = (limits: BudgetLimits, spent: Spent, seconds: number): EffectiveCap => {
  const unlimited = Number.POSITIVE_INFINITY;
  const { fargateBase, fargateMaximumPercent: percent = 100 } = limits;
  const inRollouts = percent > 100 ? `, and a rollout may run ${percent} % of them` : '';
  const { configuration, vcpuQuota = unlimited, subnetAddresses = unlimited } = limits.fargateCaps;
  const budget = (name: string, max: number, already: number): EffectiveCap => {
    const left = Math.max(0, max - already);
    const affordable = Math.floor((left * 3_600) / (limits.fargateHourlyUsd * seconds));
    return {
      tasks: Math.floor(((affordable + fargateBase) * 100) / percent),
      because: `the ${name} budget (${dollars(left)} of ${dollars(max)} left${inRollouts})`,
    };
  };
  const caps: EffectiveCap[] = [
    { tasks: configuration, because: 'fargate.maxTasks' },
    { tasks: vcpuQuota, because: "the account's Fargate vCPU quota" },
    { tasks: subnetAddresses, because: 'the number of free addresses in its subnets' },
    budget('hourly', limits.hourlyUsdMax ?? unlimited, spent.hourUsd),
    budget('daily', limits.dailyUsdMax ?? unlimited, spent.dayUsd),
  ];
  const least = caps.reduce((a, b) => (b.tasks < a.tasks ? b : a));
  return { ...least, tasks: Math.max(fargateBase, least.tasks) };
};

/**
 * Dollars of a budget below which a burst could never add a task: with all of it left, the tasks at rest and one more
 * could not be paid for as long as `effectiveCap` keeps in hand, in a rollout that runs `percent` of them.
 */
export const leastBudgetUsd = (
  {
    fargateBase,
    fargateMaximumPercent: percent = 100,
    fargateHourlyUsd,
  }: Pick<BudgetLimits, 'fargateBase' | 'fargateMaximumPercent' | 'fargateHourlyUsd'>,
  seconds: number,
): number => ((Math.ceil(((fargateBase + 1) * percent) / 100) - fargateBase) * fargateHourlyUsd * seconds) / 3_600;
