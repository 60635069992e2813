import { describe, expect, it } from 'vitest';
import { providerStrategy, ServiceConfiguration, spotShareOf } from './configuration.ts';
import { mostTasks, splitTasks, strategySentence } from './spot-share.ts';

const service = (burst: object | undefined, baseTasks = 2) =>
  ServiceConfiguration.parse({
    cpuUnits: 512,
    memoryMiB: 1024,
    receivesFrom: ['orders'],
    external: { baseTasks: 3 },
    fargate: { baseTasks, maxTasks: 12 },
    ...(burst && { burst: { queue: 'orders', workSecondsPerMessage: 1, messagesPerTask: 1, ...burst } }),
  });

describe('the Spot share of a service', () => {
  it('is none without a burst, by default, and where it rounds to nothing', () => {
    expect(spotShareOf(service(undefined))).toBeUndefined();
    expect(spotShareOf(service({}))).toBeUndefined();
    expect(spotShareOf(service({ spotShare: 0.004 }))).toBeUndefined();
    expect(spotShareOf(service({ spotShare: 0.005 }))).toEqual({ share: 0.01, onDemandBase: 2 });
  });

  it('keeps the tasks at rest on demand, or as many as are asked for', () => {
    expect(spotShareOf(service({ spotShare: 0.7 }))).toEqual({ share: 0.7, onDemandBase: 2 });
    expect(spotShareOf(service({ spotShare: 1, onDemandBase: 4 }))).toEqual({ share: 1, onDemandBase: 4 });
    expect(spotShareOf({ ...service({ spotShare: 1 }), fargate: undefined })).toEqual({ share: 1, onDemandBase: 0 });
  });

  it('is a strategy whose base and whose rest are on demand (CapacityProviderStrategyItem)', () => {
    expect(providerStrategy({ share: 0.29, onDemandBase: 2 })).toEqual([
      { capacityProvider: 'FARGATE', base: 2, weight: 71 },
      { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 29 },
    ]);
    expect(providerStrategy({ share: 1, onDemandBase: 0 }).map(({ weight }) => weight)).toEqual([0, 100]);
  });
});

describe('tasks on demand and on Spot', () => {
  it.each([
    [0, 0, 0],
    [2, 2, 0],
    [3, 3, 0],
    [4, 3, 1],
    [6, 4, 2],
    [102, 52, 50],
  ])('of %d with a base of 2 and a share of a half are %d and %d', (tasks, onDemand, spot) => {
    expect(splitTasks({ share: 0.5, onDemandBase: 2 }, tasks)).toEqual({ onDemand, spot });
  });

  it('are whole where hundredths are no binary fractions, and all on demand without a share', () => {
    expect(splitTasks({ share: 0.29, onDemandBase: 0 }, 100)).toEqual({ onDemand: 71, spot: 29 });
    expect(splitTasks({ share: 1, onDemandBase: 1 }, 5)).toEqual({ onDemand: 1, spot: 4 });
    expect(splitTasks(undefined, 5)).toEqual({ onDemand: 5, spot: 0 });
  });

  it('are at most so many that both parts find room', () => {
    const half = { share: 0.5, onDemandBase: 2 };
    expect(mostTasks(half, 4, 9)).toBe(6);
    expect(mostTasks(half, 9, 1)).toBe(5);
    expect(mostTasks(half, 1, 9)).toBe(1);
    expect(mostTasks({ share: 1, onDemandBase: 2 }, 2, 3)).toBe(5);
    expect(mostTasks(undefined, 7, 0)).toBe(7);
    expect(mostTasks(undefined, 0, 0)).toBe(0);
  });

  it('are bounded by the part whose room is known, and by nothing where that part does not grow', () => {
    const any = Number.POSITIVE_INFINITY;
    const half = { share: 0.5, onDemandBase: 2 };
    expect(mostTasks(half, 4, any)).toBe(6);
    expect(mostTasks(half, any, 1)).toBe(5);
    expect(mostTasks(half, any, any)).toBeUndefined();
    const allButTwo = { share: 1, onDemandBase: 2 };
    expect(mostTasks(allButTwo, 2, any)).toBeUndefined();
    expect(mostTasks(allButTwo, 1, any)).toBe(1);
    expect(mostTasks(undefined, any, 0)).toBeUndefined();
  });
});

describe('a strategy that ECS tells of', () => {
  const said = (share: number | undefined, strategy: Parameters<typeof strategySentence>[2]): string =>
    strategySentence('orders-prod', share === undefined ? undefined : { share, onDemandBase: 2 }, strategy);
  const onDemand = (base: number, weight: number) => ({ capacityProvider: 'FARGATE', base, weight });
  const spot = (base: number, weight: number) => ({ capacityProvider: 'FARGATE_SPOT', base, weight });

  it('is nothing to tell of where it is what the configuration makes', () => {
    expect(said(0.75, providerStrategy({ share: 0.75, onDemandBase: 2 }))).toBe('');
    expect(said(0.75, [spot(0, 3), onDemand(2, 1)])).toBe('');
    expect(said(1, [onDemand(2, 0), spot(0, 1)])).toBe('');
    // In hundredths: one in three is 0.33.
    expect(said(0.33, [onDemand(2, 2), spot(0, 1)])).toBe('');
    for (const allOnDemand of [[], [onDemand(7, 1)], [onDemand(0, 1), spot(0, 0)], [{ capacityProvider: 'FARGATE' }]])
      expect(said(undefined, allOnDemand)).toBe('');
  });

  it('is told of with what the configuration says, where its share, its base or a base on Spot is another', () => {
    expect(said(undefined, [onDemand(1, 1), spot(0, 3)])).toBe(
      ' orders-prod runs 75 % of its tasks beyond the first 1 on Fargate Spot, and the configuration says none of its tasks (burst.spotShare, burst.onDemandBase): money is reckoned by the latter.',
    );
    expect(said(0.75, [])).toBe(
      ' orders-prod runs none of its tasks on Fargate Spot, and the configuration says 75 % of its tasks beyond the first 2 (burst.spotShare, burst.onDemandBase): money is reckoned by the latter.',
    );
    expect(said(0.75, [onDemand(3, 1), spot(0, 3)])).toContain('75 % of its tasks beyond the first 3 on Fargate Spot');
    expect(said(0.34, [onDemand(2, 2), spot(0, 1)])).toContain('33 % of its tasks beyond the first 2 on Fargate Spot');
    expect(said(1, [spot(2, 1)])).toContain(
      'runs the first 2 and 100 % of its tasks beyond the first 2 on Fargate Spot, and',
    );
    expect(said(undefined, [spot(2, 0), onDemand(0, 1)])).toContain(
      'runs the first 2 and none of its tasks on Fargate Spot',
    );
  });
});
