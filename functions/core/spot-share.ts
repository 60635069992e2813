import type { SpotShare } from './configuration.ts';

/** Of so many tasks those on demand and those on Spot. ECS does not say how it rounds: it may be one more or less. */
export const splitTasks = (
  share: SpotShare | undefined,
  tasks: number,
): { readonly onDemand: number; readonly spot: number } => {
  const shared = share ? Math.max(0, tasks - share.onDemandBase) : 0;
  // In hundredths, since 0.29 × 100 is not quite 29.
  const spot = Math.floor((shared * Math.round((share?.share ?? 0) * 100)) / 100);
  return { onDemand: tasks - spot, spot };
};

/** More tasks than any account runs. */
const unbounded = 1_000_000;

/**
 * The most tasks of which both parts find room: ECS does not start on demand what has no room on Spot, nor the other way round.
 * undefined: there is room for any number (`onDemandMax` and `spotMax` may be infinite).
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
 */
export const mostTasks = (share: SpotShare | undefined, onDemandMax: number, spotMax: number): number | undefined => {
  const fits = (tasks: number): boolean => {
    const { onDemand, spot } = splitTasks(share, tasks);
    return onDemand <= onDemandMax && spot <= spotMax;
  };
  if (fits(unbounded)) return undefined;
  let most = 0;
  while (fits(most + 1)) most += 1;
  return most;
};
