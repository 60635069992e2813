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

/** One provider of the strategy that ECS tells of a service, with what it was told of it. */
export interface FoundProvider {
  readonly capacityProvider?: string | undefined;
  readonly base?: number | undefined;
  readonly weight?: number | undefined;
}

/** ECS's defaults are a base and a weight of 0. */
const providerOf = (
  strategy: readonly FoundProvider[],
  name: string,
): { readonly base: number; readonly weight: number } => {
  const found = strategy.find(({ capacityProvider }) => capacityProvider === name);
  return { base: found?.base ?? 0, weight: found?.weight ?? 0 };
};

const onSpot = (share: number, onDemandBase: number): string =>
  share === 0 ? 'none of its tasks' : `${Math.round(100 * share)} % of its tasks beyond the first ${onDemandBase}`;

/**
 * What a person is told where ECS spreads the tasks of a service over on-demand and Spot in another way than the configuration says,
 * by which money is reckoned: the strategy of an adopted service is never written. Empty where they agree.
 * @param strategy none: the service has a launch type, and all its tasks run on demand.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
 */
export const strategySentence = (
  service: string,
  share: SpotShare | undefined,
  strategy: readonly FoundProvider[],
): string => {
  const [onDemand, spot] = [providerOf(strategy, 'FARGATE'), providerOf(strategy, 'FARGATE_SPOT')];
  const found = spot.weight === 0 ? 0 : spot.weight / (spot.weight + onDemand.weight);
  // A base of the strategy counts only where something is spread beyond it; shares are in hundredths.
  const agrees =
    spot.base === 0 &&
    Math.round(100 * found) === Math.round(100 * (share?.share ?? 0)) &&
    (share === undefined || onDemand.base === share.onDemandBase);
  if (agrees) return '';
  const first = spot.base > 0 ? `the first ${spot.base} and ` : '';
  return (
    ` ${service} runs ${first}${onSpot(found, onDemand.base + spot.base)} on Fargate Spot, and the configuration says` +
    ` ${onSpot(share?.share ?? 0, share?.onDemandBase ?? 0)} (burst.spotShare, burst.onDemandBase): money is reckoned by the latter.`
  );
};
