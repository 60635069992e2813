import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import { AwsError, notModelled } from '../cloud/aws-error.ts';
import type { ClusterRecord } from './model.ts';

/** The two kinds of Fargate capacity. Both run tasks of launch type FARGATE. */
export type FargateProvider = 'FARGATE' | 'FARGATE_SPOT';

export type Strategy = readonly {
  readonly capacityProvider: FargateProvider;
  readonly base: number;
  readonly weight: number;
}[];

const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);

/** A strategy with its defaults, as the API echoes it. @throws AwsError `InvalidParameterException` (BC:ecs.CapacityProviderStrategyItem) */
export const readStrategy = (cluster: ClusterRecord, given: readonly CapacityProviderStrategyItem[]): Strategy => {
  const strategy = given.map(({ capacityProvider, base = 0, weight = 0 }): Strategy[number] => {
    if (capacityProvider !== 'FARGATE' && capacityProvider !== 'FARGATE_SPOT') {
      throw notModelled(`the capacity provider ${capacityProvider}`);
    }
    if (!cluster.capacityProviders.includes(capacityProvider)) {
      throw invalid(
        'The specified capacity provider strategy contains a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
      );
    }
    if (!isWithin(base, 100_000)) throw invalid('The base of a capacity provider must be between 0 and 100000.');
    if (!isWithin(weight, 1_000)) throw invalid('The weight of a capacity provider must be between 0 and 1000.');
    return { capacityProvider, base, weight };
  });
  if (strategy.length > 0 && strategy.every(({ weight }) => weight === 0)) {
    throw invalid('At least one capacity provider of the strategy must have a weight greater than zero.');
  }
  if (strategy.filter(({ base }) => base > 0).length > 1) {
    throw invalid('Only one capacity provider of the strategy can have a base.');
  }
  if (new Set(strategy.map(({ capacityProvider }) => capacityProvider)).size < strategy.length) {
    throw invalid('A capacity provider may stand only once in the strategy.');
  }
  return strategy;
};

const isWithin = (value: number, max: number): boolean => Number.isInteger(value) && value >= 0 && value <= max;

/** How many of `count` tasks each provider runs: its base first, the rest by the weights (BC:ecs.CapacityProviderStrategyItem). */
export const sharesOf = (strategy: Strategy, count: number): ReadonlyMap<FargateProvider, number> => {
  const shares = new Map(strategy.map(({ capacityProvider, base }) => [capacityProvider, Math.min(base, count)]));
  const byWeight = new Map(strategy.map(({ capacityProvider }) => [capacityProvider, 0]));
  const weighted = strategy.filter(({ weight }) => weight > 0);
  const given = (provider: FargateProvider): number => byWeight.get(provider) ?? 0;
  for (let left = count - Math.max(0, ...shares.values()); left > 0 && weighted.length > 0; left -= 1) {
    const next = weighted.reduce((best, item) =>
      given(item.capacityProvider) / item.weight < given(best.capacityProvider) / best.weight ? item : best,
    );
    byWeight.set(next.capacityProvider, given(next.capacityProvider) + 1);
  }
  return new Map([...shares].map(([provider, base]) => [provider, base + given(provider)]));
};

/** Where the next task goes beside those that run; undefined where there is no strategy. */
export const nextProvider = (
  strategy: Strategy,
  running: readonly (FargateProvider | undefined)[],
): FargateProvider | undefined => {
  if (strategy.length === 0) return undefined;
  const wanted = sharesOf(strategy, running.length + 1);
  const missing = strategy.find(
    ({ capacityProvider }) =>
      running.filter((provider) => provider === capacityProvider).length < (wanted.get(capacityProvider) ?? 0),
  );
  return (missing ?? strategy.find(({ weight }) => weight > 0))?.capacityProvider;
};
