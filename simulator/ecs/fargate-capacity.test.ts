import type { Failure, Task } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { Fidelity } from '../cloud/fidelity.ts';
import { nextProvider, type Strategy, sharesOf } from './capacity-providers.ts';
import { type Behaviour, type EcsWorld, ecsWorld, fargateDefinition, networkConfiguration } from './ecs-world.ts';

const spotWithBase: Strategy = [
  { capacityProvider: 'FARGATE', base: 2, weight: 1 },
  { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 3 },
];

const burst = { cluster: 'spillway', service: 'burst' };

/** A service of Fargate tasks with a strategy of capacity providers, at rest at 100 s. */
const spotService = async (
  desiredCount: number,
  options: {
    readonly fidelity?: Partial<Fidelity['ecs']>;
    readonly behaviour?: Behaviour;
    readonly strategy?: Strategy;
    readonly launchType?: 'FARGATE';
  } = {},
): Promise<EcsWorld> => {
  const world = await ecsWorld({ fidelity: options.fidelity });
  await world.call('PutClusterCapacityProviders', {
    cluster: 'spillway',
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  });
  const image = world.push('burst', 'v1', options.behaviour);
  await world.call('RegisterTaskDefinition', fargateDefinition('burst', image));
  await world.call('CreateService', {
    cluster: 'spillway',
    serviceName: 'burst',
    taskDefinition: 'burst',
    ...(options.launchType
      ? { launchType: options.launchType }
      : { capacityProviderStrategy: options.strategy ?? spotWithBase }),
    desiredCount,
    networkConfiguration,
  });
  await world.until(100);
  return world;
};

const byProvider = async (world: EcsWorld): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  for (const { capacityProviderName = 'none' } of await world.tasks('burst'))
    counts[capacityProviderName] = (counts[capacityProviderName] ?? 0) + 1;
  return counts;
};

describe('a strategy of capacity providers (CapacityProviderStrategyItem)', () => {
  it.each([
    [1, 1, 0],
    [2, 2, 0],
    [3, 3, 0],
    [4, 3, 1],
    [6, 3, 3],
    [7, 4, 3],
    [10, 4, 6],
  ])('gives %d tasks to a base of 2 first, then by the weights 1 and 3: %d and %d', (count, onDemand, spot) => {
    expect(Object.fromEntries(sharesOf(spotWithBase, count))).toEqual({ FARGATE: onDemand, FARGATE_SPOT: spot });
  });

  it('names the provider that is furthest behind for the next task, and none where there is no strategy', () => {
    expect(nextProvider(spotWithBase, ['FARGATE', 'FARGATE', 'FARGATE'])).toBe('FARGATE_SPOT');
    expect(nextProvider(spotWithBase, ['FARGATE', 'FARGATE_SPOT', 'FARGATE_SPOT'])).toBe('FARGATE');
    expect(nextProvider([], [])).toBeUndefined();
  });
});

describe('a service with capacity providers', () => {
  it('runs its tasks in their shares, keeps them in a scale-in, and shows a strategy instead of a launch type', async () => {
    const world = await spotService(6);
    expect(await byProvider(world)).toEqual({ FARGATE: 3, FARGATE_SPOT: 3 });
    const service = await world.service('burst');
    expect(service).toMatchObject({ capacityProviderStrategy: spotWithBase.toReversed() });
    expect(service.launchType).toBeUndefined();
    expect((await world.tasks('burst'))[0]?.launchType).toBe('FARGATE');
    await world.call('UpdateService', { ...burst, desiredCount: 3 });
    await world.until(150);
    expect(await byProvider(world)).toEqual({ FARGATE: 3 });
  });

  it('tells the steady state of its providers too (ecs_service_events)', async () => {
    const world = await spotService(1);
    const steady = world.events.find(({ detail }) => detail.eventName === 'CAPACITY_PROVIDER_STEADY_STATE');
    expect(steady?.detail.capacityProviderArns).toEqual([
      'arn:aws:ecs:us-east-1:123456789012:capacity-provider/FARGATE',
      'arn:aws:ecs:us-east-1:123456789012:capacity-provider/FARGATE_SPOT',
    ]);
  });

  it('takes another strategy only with a new deployment, whose tasks follow it (UpdateService)', async () => {
    const world = await spotService(2);
    const change = { ...burst, capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] };
    expect(await world.refusal('UpdateService', change)).toMatch(
      /^InvalidParameterException: When switching .* you must force a new deployment\.$/,
    );
    for (const same of [spotWithBase, spotWithBase.toReversed()])
      await world.call('UpdateService', { ...burst, capacityProviderStrategy: same });
    expect((await world.service('burst')).deployments).toHaveLength(1);
    await world.call('UpdateService', { ...change, forceNewDeployment: true });
    await world.until(250);
    expect(await byProvider(world)).toEqual({ FARGATE_SPOT: 2 });
  });

  it('goes from the launch type to a strategy, and back by an empty list (UpdateService)', async () => {
    const world = await spotService(2, { launchType: 'FARGATE' });
    const deploy = (capacityProviderStrategy: typeof spotWithBase | []) =>
      world.call('UpdateService', { ...burst, capacityProviderStrategy, forceNewDeployment: true });
    expect((await world.service('burst')).launchType).toBe('FARGATE');
    expect(await world.refusal('UpdateService', { ...burst, capacityProviderStrategy: spotWithBase })).toContain(
      'When switching from launch type to capacity provider strategy on an existing service',
    );
    await deploy(spotWithBase);
    await world.until(250);
    expect(await byProvider(world)).toEqual({ FARGATE: 2 });
    await deploy([]);
    expect((await world.service('burst')).launchType).toBe('FARGATE');
    await world.until(400);
    expect(await byProvider(world)).toEqual({ none: 2 });
  });

  it('that it was created with gives way to the default of the cluster alone (AWS::ECS::Service)', async () => {
    const world = await spotService(2);
    const empty = { ...burst, capacityProviderStrategy: [], forceNewDeployment: true };
    expect(await world.refusal('UpdateService', empty)).toBe(
      'InvalidParameterException: No launch type to fall back to for empty capacity provider strategy. Your service was not created with a launch type.',
    );
    await world.call('PutClusterCapacityProviders', {
      cluster: 'spillway',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    });
    await world.call('UpdateService', empty);
    expect((await world.service('burst')).capacityProviderStrategy).toMatchObject([{ capacityProvider: 'FARGATE' }]);
  });

  it.each([
    [
      { launchType: 'FARGATE', capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
      'InvalidParameterException: Specifying both',
    ],
    [{ capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 0 }] }, 'InvalidParameterException: At least'],
    [
      {
        capacityProviderStrategy: [
          { capacityProvider: 'FARGATE', weight: 1, base: 1 },
          { capacityProvider: 'FARGATE_SPOT', weight: 1, base: 1 },
        ],
      },
      'InvalidParameterException: Only one',
    ],
    [
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1001 }] },
      'InvalidParameterException: The weight',
    ],
    [{ capacityProviderStrategy: [{ capacityProvider: 'asg', weight: 1 }] }, 'NotModelledException'],
  ])('is refused for %j', async (more, refusal) => {
    const world = await spotService(1);
    const request = {
      cluster: 'spillway',
      serviceName: 'other',
      taskDefinition: 'burst',
      networkConfiguration,
      ...more,
    };
    expect(await world.refusal('CreateService', request)).toContain(refusal);
  });

  it('must belong to the cluster', async () => {
    const world = await ecsWorld();
    await world.call('RegisterTaskDefinition', fargateDefinition('burst', world.push('burst', 'v1')));
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    const request = { cluster: 'spillway', taskDefinition: 'burst', networkConfiguration, capacityProviderStrategy };
    expect(await world.refusal('RunTask', request)).toContain('not associated with the cluster');
  });
});

describe('a lack of Fargate capacity', () => {
  it('is RESOURCE:FARGATE with the provider in the event, and a sentence in the messages; it heals (ecs_service_events)', async () => {
    const world = await spotService(1, { strategy: [{ capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 }] });
    world.ecs.faults.lackFargate('FARGATE_SPOT', 300_000);
    await world.call('UpdateService', { ...burst, desiredCount: 2 });
    await world.until(110);
    const failure = world.events.find(({ detail }) => detail.eventName === 'SERVICE_TASK_PLACEMENT_FAILURE');
    expect(failure?.detail).toMatchObject({
      reason: 'RESOURCE:FARGATE',
      capacityProviderArns: ['arn:aws:ecs:us-east-1:123456789012:capacity-provider/FARGATE_SPOT'],
    });
    expect((await world.service('burst')).events?.[0]?.message).toContain(
      'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
    );
    await world.until(399);
    expect((await world.service('burst')).runningCount).toBe(1);
    await world.until(430);
    expect((await world.service('burst')).runningCount).toBe(2);
  });

  it('is a failure of RunTask, which succeeds with HTTP 200, and does not touch the other provider (api_failures_messages)', async () => {
    const world = await spotService(0);
    world.ecs.faults.lackFargate('FARGATE_SPOT', 300_000);
    const run = (capacityProvider: string) =>
      world.call<{ tasks: Task[]; failures: Failure[] }>('RunTask', {
        cluster: 'spillway',
        taskDefinition: 'burst',
        networkConfiguration,
        capacityProviderStrategy: [{ capacityProvider, weight: 1 }],
      });
    const spot = await run('FARGATE_SPOT');
    expect(spot.failures[0]?.reason).toMatch(/^Capacity is unavailable at this time/);
    expect(spot.tasks).toEqual([]);
    const onDemand = await run('FARGATE');
    expect(onDemand.tasks[0]).toMatchObject({ launchType: 'FARGATE', capacityProviderName: 'FARGATE' });
  });
});

describe('a Spot interruption (fargate-capacity-providers)', () => {
  it('warns by an event and SIGTERM at once, ends within the stop timeout, is replaced, and counts for no breaker', async () => {
    const world = await spotService(1, {
      strategy: [{ capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 }],
      behaviour: { stopsAfterMs: 10_000 },
    });
    const [task] = await world.tasks('burst');
    world.ecs.faults.interruptSpot();
    const warning = world.events.findLast(
      ({ detail }) => detail.taskArn === task?.taskArn && detail.lastStatus === 'RUNNING',
    );
    expect(warning?.detail).toMatchObject({
      desiredStatus: 'STOPPED',
      stopCode: 'SpotInterruption',
      stoppedReason: 'Your Spot Task was interrupted.',
    });
    await world.until(109);
    expect(world.containers[0]?.alive).toBe(true);
    await world.until(111);
    expect(world.containers[0]?.alive).toBe(false);
    await world.until(150);
    expect(await world.service('burst')).toMatchObject({ runningCount: 1 });
    expect((await world.primary('burst')).failedTasks).toBe(0);
  });

  it('touches no On-Demand task', async () => {
    const world = await spotService(2);
    world.ecs.faults.interruptSpot();
    await world.until(200);
    expect(world.containers.every(({ alive }) => alive)).toBe(true);
  });
});

describe('launch rates', () => {
  it('let a service launch 500 tasks at once and 500 a minute (General Reference, ecs-service)', async () => {
    const world = await ecsWorld();
    world.ecs.registerExternalInstance({
      cluster: 'spillway',
      managedInstanceId: 'mi-1',
      cpuUnits: 600 * 256,
      memoryMiB: 600 * 256,
    });
    await world.call('RegisterTaskDefinition', {
      family: 'many',
      requiresCompatibilities: ['EXTERNAL'],
      networkMode: 'bridge',
      containerDefinitions: [{ name: 'main', image: world.push('many', 'v1'), cpu: 256, memory: 256 }],
    });
    await world.call('CreateService', {
      cluster: 'spillway',
      serviceName: 'many',
      taskDefinition: 'many',
      launchType: 'EXTERNAL',
      desiredCount: 560,
    });
    await world.until(2.05);
    expect((await world.service('many')).pendingCount).toBe(500);
    await world.until(9.5);
    const service = await world.service('many');
    expect((service.runningCount ?? 0) + (service.pendingCount ?? 0)).toBe(560);
  });

  it('let Fargate launch 100 tasks at once and 20 a second (throttling)', async () => {
    const world = await spotService(0, { strategy: [{ capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 }] });
    await world.call('UpdateService', { ...burst, desiredCount: 140 });
    const launched = async (): Promise<number> => {
      const { runningCount = 0, pendingCount = 0 } = await world.service('burst');
      return runningCount + pendingCount;
    };
    await world.until(102.01);
    expect(await launched()).toBe(100);
    await world.until(103.02);
    expect(await launched()).toBe(120);
    await world.until(105);
    expect(await launched()).toBe(140);
  });

  it('let RunTask start tasks on Fargate 20 times at once and a second, and answer ThrottlingException beyond', async () => {
    const world = await spotService(0);
    const request = { cluster: 'spillway', taskDefinition: 'burst', launchType: 'FARGATE', networkConfiguration };
    const answers: string[] = [];
    for (let index = 0; index < 21; index += 1) answers.push(await world.refusal('RunTask', request));
    expect(answers.filter((answer) => answer === 'no error')).toHaveLength(20);
    expect(answers.at(-1)).toBe('ThrottlingException: Rate exceeded');
  });
});

describe('faults for as long as somebody says', () => {
  it('throttle a share of all calls', async () => {
    const world = await spotService(0);
    world.ecs.faults.throttle(60_000);
    expect(await world.refusal('DescribeServices', { cluster: 'spillway', services: ['burst'] })).toBe(
      'ThrottlingException: Rate exceeded',
    );
    await world.until(161);
    expect(await world.refusal('DescribeServices', { cluster: 'spillway', services: ['burst'] })).toBe('no error');
    world.ecs.faults.throttle(60_000, 0.5);
    const answers = new Set<string>();
    for (let index = 0; index < 20; index += 1) answers.add(await world.refusal('ListClusters'));
    expect(answers.size).toBe(2);
  });

  it('make pulls slower', async () => {
    const world = await spotService(0);
    world.ecs.faults.slowPulls('FARGATE', 4, 60_000);
    await world.call('UpdateService', { ...burst, desiredCount: 1 });
    // 2 s pick-up, 10 s provisioning, 4 × 9 s pull, 1 s start.
    await world.until(148);
    expect((await world.service('burst')).runningCount).toBe(0);
    await world.until(150);
    expect((await world.service('burst')).runningCount).toBe(1);
  });
});
