import type { ServiceConfiguration } from './configuration.ts';

/** How ECS spreads the tasks of a Fargate twin over on-demand and Spot: the `base` first, then by the weights. */
export type ProviderStrategy = readonly {
  readonly capacityProvider: 'FARGATE' | 'FARGATE_SPOT';
  readonly base: number;
  readonly weight: number;
}[];

/** A twin whose tasks run on Spot in part: those up to `onDemandBase` never do, of the others a share from 0 to 1 does. */
export interface SpotShare {
  readonly share: number;
  readonly onDemandBase: number;
}

/** undefined where no task of the service runs on Spot. The share is kept in whole hundredths, as ECS takes whole weights. */
export const spotShareOf = ({ burst, fargate }: ServiceConfiguration): SpotShare | undefined => {
  const share = Math.round((burst?.spotShare ?? 0) * 100) / 100;
  if (!burst || share === 0) return undefined;
  return { share, onDemandBase: burst.onDemandBase ?? fargate?.baseTasks ?? 0 };
};

/**
 * The strategy of the twin's ECS service. One provider of a strategy may have a base, and weights are whole numbers.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
 */
export const providerStrategy = ({ share, onDemandBase }: SpotShare): ProviderStrategy => {
  const spot = Math.round(share * 100);
  return [
    { capacityProvider: 'FARGATE', base: onDemandBase, weight: 100 - spot },
    { capacityProvider: 'FARGATE_SPOT', base: 0, weight: spot },
  ];
};

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

/**
 * The most tasks of which both parts find room: ECS does not start on demand what has no room on Spot, nor the other way round.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
 */
export const mostTasks = (share: SpotShare | undefined, onDemandMax: number, spotMax: number): number => {
  if (!share) return onDemandMax;
  const fits = (tasks: number): boolean => {
    const { onDemand, spot } = splitTasks(share, tasks);
    return onDemand <= onDemandMax && spot <= spotMax;
  };
  let most = 0;
  while (fits(most + 1)) most += 1;
  return most;
};
