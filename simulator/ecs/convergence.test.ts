import { describe, expect, it } from 'vitest';
import { defaultFidelity, type Fidelity } from '../cloud/fidelity.ts';
import { unknowns } from '../cloud/unknowns.ts';
import { Draws } from '../kernel/draws.ts';
import {
  type EcsWorld,
  ecsWorld,
  externalDefinition,
  fargateDefinition,
  healthCheck,
  networkConfiguration,
} from './ecs-world.ts';

/** AWS as it may behave: a setting of each unknown, drawn by the seed. */
const fidelityOf = (draws: Draws): Fidelity['ecs'] =>
  unknowns.reduce((fidelity, { option, settings }) => {
    const setting = settings[Math.floor(draws.next(option) * settings.length)];
    return setting?.apply(fidelity) ?? fidelity;
  }, defaultFidelity).ecs;

/** An hour of everything that can happen to two services, then two quiet hours with a good release. */
const storm = async (seed: number): Promise<EcsWorld> => {
  const draws = new Draws(seed);
  const pick = <Item>(name: string, items: readonly Item[]): Item =>
    items[Math.floor(draws.next(name) * items.length)] as Item;
  const world = await ecsWorld({ fidelity: { ...fidelityOf(draws), throttling: false } });
  const machines = ['mi-1', 'mi-2', 'mi-3'].map((managedInstanceId) => ({
    managedInstanceId,
    arn: world.ecs.registerExternalInstance({
      cluster: 'spillway',
      managedInstanceId,
      cpuUnits: 1024,
      memoryMiB: 2048,
    }),
  }));
  let releases = 0;
  const release = async (
    family: 'external' | 'fargate',
    kind: 'good' | 'missing' | 'crash' | 'unhealthy',
  ): Promise<void> => {
    releases += 1;
    const image = world.push('worker', `v${releases}`, {
      ...(kind === 'crash' && { exits: { afterMs: 20_000, code: 1 } }),
      ...(kind === 'unhealthy' && { health: () => 1 }),
      stopsAfterMs: pick('stop', [100, 5_000, 60_000]),
    });
    if (kind === 'missing') world.removeImage(image);
    const definition = family === 'external' ? externalDefinition : fargateDefinition;
    await world.call('RegisterTaskDefinition', definition(family, image, { healthCheck }));
  };
  const services = ['external', 'fargate'] as const;
  for (const name of services) {
    await release(name, 'good');
    await world.call('CreateService', {
      cluster: 'spillway',
      serviceName: name,
      taskDefinition: name,
      launchType: name.toUpperCase(),
      desiredCount: 3,
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: true, rollback: draws.next('rollback') < 0.5 },
        minimumHealthyPercent: pick('minimum', [0, 50, 100]),
        maximumPercent: pick('maximum', [150, 200]),
      },
      ...(name === 'fargate' && { networkConfiguration }),
    });
  }
  const setState = (arn: string, status: string): Promise<unknown> =>
    world.call('UpdateContainerInstancesState', { cluster: 'spillway', containerInstances: [arn], status });
  const acts: Readonly<Record<string, () => unknown>> = {
    release: async () => {
      const name = pick('service', services);
      await release(name, pick('kind', ['good', 'good', 'missing', 'crash', 'unhealthy']));
      await world.call('UpdateService', { cluster: 'spillway', service: name, taskDefinition: name });
    },
    scale: () =>
      world.call('UpdateService', {
        cluster: 'spillway',
        service: pick('service', services),
        desiredCount: Math.floor(draws.next('count') * 6),
      }),
    force: () =>
      world.call('UpdateService', {
        cluster: 'spillway',
        service: pick('service', services),
        forceNewDeployment: true,
      }),
    cut: () => world.ecs.setLinked(pick('machine', machines).managedInstanceId, false),
    mend: () => world.ecs.setLinked(pick('machine', machines).managedInstanceId, true),
    flap: () => world.ecs.flapAgent(pick('machine', machines).managedInstanceId, 2_000),
    drain: () => setState(pick('machine', machines).arn, 'DRAINING'),
    activate: () => setState(pick('machine', machines).arn, 'ACTIVE'),
    shortage: () => world.ecs.faults.lackFargate('FARGATE', 300_000),
    slowPulls: () => world.ecs.faults.slowPulls(pick('slow', ['EXTERNAL', 'FARGATE'] as const), 10, 300_000),
    protect: async () => {
      const alive = world.containers.filter((container) => container.alive);
      if (alive.length === 0) return;
      await world.call('UpdateTaskProtection', {
        cluster: 'spillway',
        tasks: [pick('protected', alive).spec.taskArn],
        protectionEnabled: true,
        expiresInMinutes: 20,
      });
    },
    crash: () => {
      const alive = world.containers.filter((container) => container.alive);
      if (alive.length > 0) pick('container', alive).exit(1);
    },
  };
  let second = 0;
  while (second < 3600) {
    second += Math.floor(draws.next('pause') * 120);
    await world.until(second);
    await acts[pick('act', Object.keys(acts))]?.();
    check(world);
  }
  // The breaker would take a shortage of Fargate for a fault of the release.
  world.ecs.faults.lackFargate('FARGATE', 0);
  for (const { managedInstanceId, arn } of machines) {
    world.ecs.setLinked(managedInstanceId, true);
    await setState(arn, 'ACTIVE');
  }
  for (const name of services) {
    await release(name, 'good');
    await world.call('UpdateService', {
      cluster: 'spillway',
      service: name,
      taskDefinition: name,
      desiredCount: 2,
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 200 },
    });
  }
  await world.until(second + 7200);
  check(world);
  return world;
};

/** What must hold at any time. */
const check = (world: EcsWorld): void => {
  for (const cluster of world.ecs.clusters.values()) {
    for (const instance of cluster.instances.values()) {
      const cpuUnits = [...instance.tasks].reduce((sum, task) => sum + task.taskDefinition.cpuUnits, 0);
      expect(cpuUnits).toBeLessThanOrEqual(instance.cpuUnits);
    }
    for (const service of cluster.services.values()) {
      expect(service.deployments.length).toBeGreaterThan(0);
      for (const deployment of service.deployments) expect(deployment.desiredCount).toBeGreaterThanOrEqual(0);
    }
  }
};

describe('whatever happens for an hour', () => {
  it.each(Array.from({ length: 40 }, (_, index) => index + 1))(
    'a good release afterwards comes to rest, and no container is left over: seed %i',
    async (seed) => {
      const world = await storm(seed);
      for (const name of ['external', 'fargate']) {
        const service = await world.service(name);
        expect(service).toMatchObject({ runningCount: 2, pendingCount: 0, desiredCount: 2 });
        expect(service.deployments).toHaveLength(1);
        expect(service.deployments?.[0]).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 2 });
      }
      expect(world.containers.filter(({ alive }) => alive)).toHaveLength(4);
    },
  );

  it('one seed gives one history, and another another', async () => {
    const hashOf = async (seed: number): Promise<string> => (await storm(seed)).kernel.traceHash();
    expect(await hashOf(1)).toBe(await hashOf(1));
    expect(await hashOf(2)).not.toBe(await hashOf(1));
  });
});
