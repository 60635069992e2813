import { describe, expect, it } from 'vitest';
import {
  type Behaviour,
  type EcsWorld,
  ecsWorld,
  externalDefinition,
  fargateDefinition,
  healthCheck,
  networkConfiguration,
} from './ecs-world.ts';

const machine = (world: EcsWorld, id: string, cpuUnits = 1024): string =>
  world.ecs.registerExternalInstance({
    cluster: 'spillway',
    managedInstanceId: id,
    cpuUnits,
    memoryMiB: 4096,
  });

const register = async (world: EcsWorld, tag: string, behaviour: Behaviour = {}, more = {}): Promise<string> => {
  const image = world.push('worker', tag, behaviour);
  await world.call('RegisterTaskDefinition', externalDefinition('worker-external', image, more));
  return image;
};

const create = (world: EcsWorld, more: Record<string, unknown> = {}): Promise<unknown> =>
  world.call('CreateService', {
    cluster: 'spillway',
    serviceName: 'worker-external',
    taskDefinition: 'worker-external',
    launchType: 'EXTERNAL',
    desiredCount: 1,
    ...more,
  });

const update = (world: EcsWorld, more: Record<string, unknown> = {}): Promise<unknown> =>
  world.call('UpdateService', { cluster: 'spillway', service: 'worker-external', ...more });

const breaker = (rollback = false) => ({
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback } },
});

describe('a first deployment', () => {
  it('takes 2 s to place, 4 s to pull, 1 s to start, and 40 s until a task without a check counts as healthy (DeploymentConfiguration)', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1');
    await register(world, 'v1');
    await create(world);
    await world.until(1.9);
    expect(await world.service('worker-external')).toMatchObject({ pendingCount: 0, runningCount: 0 });
    await world.until(2);
    expect(await world.service('worker-external')).toMatchObject({ pendingCount: 1, runningCount: 0 });
    await world.until(7);
    expect(await world.service('worker-external')).toMatchObject({ pendingCount: 0, runningCount: 1 });
    // 47 s is 40 s after RUNNING (BC:ecs.DeploymentConfiguration); the scheduler picks it up 2 s later.
    await world.until(48.9);
    expect((await world.primary('worker-external')).rolloutState).toBe('IN_PROGRESS');
    await world.until(49);
    expect(await world.primary('worker-external')).toMatchObject({
      status: 'PRIMARY',
      rolloutState: 'COMPLETED',
      runningCount: 1,
      failedTasks: 0,
    });
    expect((await world.service('worker-external')).events?.map(({ message }) => message)).toEqual([
      '(service worker-external) has reached a steady state.',
      expect.stringMatching(/^\(service worker-external\) \(deployment ecs-svc\/\d{19}\) deployment completed\.$/),
      expect.stringMatching(/^\(service worker-external\) has started 1 tasks: \(task [0-9a-f]{32}\)\.$/),
    ]);
    expect(world.told('ECS Deployment State Change')).toEqual([
      '0 SERVICE_DEPLOYMENT_IN_PROGRESS',
      '49 SERVICE_DEPLOYMENT_COMPLETED',
    ]);
    expect(world.told('ECS Service Action')).toEqual(['49 SERVICE_STEADY_STATE']);
    expect(world.told('ECS Task State Change')).toEqual(['2 PENDING to RUNNING', '7 RUNNING']);
  });

  it('waits for HEALTHY instead where the definition has a health check (DeploymentConfiguration)', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1');
    await register(world, 'v1', {}, { healthCheck });
    await create(world);
    await world.until(11.9);
    expect((await world.tasks('worker-external'))[0]?.healthStatus).toBe('UNKNOWN');
    // RUNNING at 7 s, first check one interval of 5 s later.
    await world.until(14);
    expect((await world.tasks('worker-external'))[0]?.healthStatus).toBe('HEALTHY');
    expect((await world.primary('worker-external')).rolloutState).toBe('COMPLETED');
  });

  it('completes at once at count 0, without a pinned digest (deployment-type-ecs)', async () => {
    const world = await ecsWorld();
    await register(world, 'v1');
    await create(world, { desiredCount: 0 });
    await world.until(2);
    expect((await world.primary('worker-external')).rolloutState).toBe('COMPLETED');
    expect(await world.tasks('worker-external')).toEqual([]);
  });

  it('shows the phases of a Fargate task (task-lifecycle-explanation)', async () => {
    const world = await ecsWorld();
    await world.call('RegisterTaskDefinition', fargateDefinition('api-fargate', world.push('api', 'v1')));
    await world.call('CreateService', {
      cluster: 'spillway',
      serviceName: 'api-fargate',
      taskDefinition: 'api-fargate',
      launchType: 'FARGATE',
      networkConfiguration,
    });
    await world.until(30);
    // 2 s pick-up, 10 s provisioning, 9 s pull, 1 s start.
    expect(world.told('ECS Task State Change')).toEqual([
      '2 PROVISIONING to RUNNING',
      '12 PENDING to RUNNING',
      '22 RUNNING',
    ]);
    await world.call('UpdateService', { cluster: 'spillway', service: 'api-fargate', desiredCount: 0 });
    await world.until(60);
    expect(world.told('ECS Task State Change').slice(3)).toEqual([
      '32 RUNNING to STOPPED',
      '32 STOPPING to STOPPED',
      '32.1 DEPROVISIONING to STOPPED',
      '42.1 STOPPED',
    ]);
    const [task] = await world.tasks('api-fargate', 'STOPPED');
    expect(task).toMatchObject({ version: 7, stopCode: 'ServiceSchedulerInitiated' });
    expect(task?.stoppedReason).toMatch(/^Scaling activity initiated by \(deployment ecs-svc\/\d+\)$/);
  });
});

describe('a rolling deployment', () => {
  it('starts first and stops after, within 100 and 200 percent (deployment-type-ecs)', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1', 2048);
    await register(world, 'v1', {}, { healthCheck });
    await create(world, { desiredCount: 2 });
    await world.until(100);
    await register(world, 'v2', {}, { healthCheck });
    await update(world, { taskDefinition: 'worker-external' });
    await world.until(103);
    const during = await world.service('worker-external');
    expect(
      during.deployments?.map(({ status, runningCount, pendingCount }) => [status, runningCount, pendingCount]),
    ).toEqual([
      ['PRIMARY', 0, 2],
      ['ACTIVE', 2, 0],
    ]);
    // Placed at 102, running at 107 (4 s pull, 1 s start), healthy at 112, seen and old ones stopped at 114, done at 116.1.
    await world.until(113.9);
    expect((await world.service('worker-external')).runningCount).toBe(4);
    await world.until(117);
    expect((await world.service('worker-external')).deployments).toHaveLength(1);
    expect(await world.primary('worker-external')).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 2 });
  });

  it('stops first where there is no room, down to the minimum (deployment-type-ecs)', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1', 512);
    await register(world, 'v1', {}, { healthCheck });
    await create(world, {
      desiredCount: 2,
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 100 },
    });
    await world.until(100);
    await register(world, 'v2', {}, { healthCheck });
    await update(world, { taskDefinition: 'worker-external' });
    let least = 2;
    for (let second = 100; second <= 160; second += 0.5) {
      await world.until(second);
      const { runningCount = 0, pendingCount = 0 } = await world.service('worker-external');
      least = Math.min(least, runningCount);
      expect(runningCount + pendingCount).toBeLessThanOrEqual(2);
    }
    expect(least).toBe(1);
    expect(await world.primary('worker-external')).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 2 });
  });

  it('hangs with a message where the percentages allow neither a start nor a stop (service-event-messages)', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1');
    await register(world, 'v1', {}, { healthCheck });
    await create(world, { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } });
    await world.until(100);
    await register(world, 'v2', {}, { healthCheck });
    await update(world, { taskDefinition: 'worker-external' });
    await world.until(3600);
    expect((await world.primary('worker-external')).rolloutState).toBe('IN_PROGRESS');
    expect((await world.service('worker-external')).events?.[0]?.message).toContain(
      'was unable to stop or start tasks during a deployment because of the service deployment configuration',
    );
  });

  it('is superseded by the next one: the older gets no event, and its pending tasks are stopped (service-deployment)', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1', 4096);
    await register(world, 'v1', {}, { healthCheck });
    await create(world, { desiredCount: 2 });
    await world.until(100);
    await register(world, 'v2', {}, { healthCheck });
    await update(world, { taskDefinition: 'worker-external:2' });
    await world.until(103);
    await register(world, 'v3', {}, { healthCheck });
    await update(world, { taskDefinition: 'worker-external:3' });
    expect((await world.service('worker-external')).deployments).toHaveLength(3);
    await world.until(150);
    const after = await world.service('worker-external');
    expect(after.deployments).toHaveLength(1);
    expect(after.deployments?.[0]?.taskDefinition).toMatch(/:3$/);
    // Two of the first and two of the third: no container of the second has ever started.
    expect(world.containers).toHaveLength(4);
    expect(world.told('ECS Deployment State Change').map((line) => line.split(' ')[1])).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ]);
    const { serviceDeployments } = await world.call<{ serviceDeployments: { status: string }[] }>(
      'ListServiceDeployments',
      { cluster: 'spillway', service: 'worker-external' },
    );
    expect(serviceDeployments.map(({ status }) => status)).toEqual(['SUCCESSFUL', 'STOPPED', 'SUCCESSFUL']);
  });

  it('is not started by a new count, nor by the same task definition again (UpdateService)', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1');
    await register(world, 'v1');
    await create(world);
    await world.until(60);
    const { id } = await world.primary('worker-external');
    await update(world, { desiredCount: 3, taskDefinition: 'worker-external' });
    expect(await world.primary('worker-external')).toMatchObject({ id, desiredCount: 3, rolloutState: 'COMPLETED' });
    await world.until(120);
    expect((await world.service('worker-external')).runningCount).toBe(3);
    await update(world, { forceNewDeployment: true });
    expect((await world.primary('worker-external')).id).not.toBe(id);
  });

  it('keeps the digest that its first task resolved, though the tag moves (deployment-type-ecs)', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1');
    await register(world, 'v1');
    await create(world);
    await world.until(60);
    const [first] = world.containers;
    world.push('worker', 'v1');
    await update(world, { desiredCount: 2 });
    await world.until(120);
    expect(world.containers[1]?.spec.containers[0]?.digest).toBe(first?.spec.containers[0]?.digest);
    await update(world, { forceNewDeployment: true });
    await world.until(180);
    expect(world.containers[2]?.spec.containers[0]?.digest).not.toBe(first?.spec.containers[0]?.digest);
  });
});

describe('an image whose digest cannot be resolved three times (deployment-type-ecs)', () => {
  const missing = async (world: EcsWorld, configuration: Record<string, unknown>): Promise<void> => {
    machine(world, 'mi-1');
    await register(world, 'v1');
    await create(world, { deploymentConfiguration: configuration });
    await world.until(100);
    world.removeImage(await register(world, 'v2'));
    await update(world, { taskDefinition: 'worker-external' });
  };

  it('ends the deployment where the circuit breaker is on, whatever its threshold', async () => {
    const world = await ecsWorld();
    const thresholdConfiguration = { type: 'COUNT', value: 50 };
    await missing(world, { deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration } });
    await world.until(650);
    expect((await world.primary('worker-external')).rolloutState).toBe('IN_PROGRESS');
    await world.until(700);
    expect(world.told('ECS Deployment State Change')).toContain('656 SERVICE_DEPLOYMENT_FAILED');
    expect((await world.primary('worker-external')).taskDefinition).toMatch(/:1$/);
  });

  it('goes on without a pinned digest where it is off: each task resolves the tag for itself', async () => {
    const world = await ecsWorld();
    await missing(world, {});
    await world.until(700);
    world.push('worker', 'v2');
    await world.until(7_200);
    expect((await world.primary('worker-external')).rolloutState).toBe('COMPLETED');
    world.push('worker', 'v2');
    await update(world, { desiredCount: 2 });
    await world.until(7_300);
    const digests = new Set(
      world.containers.filter(({ alive }) => alive).map(({ spec }) => spec.containers[0]?.digest),
    );
    expect(digests.size).toBe(2);
  });
});

describe('the circuit breaker (deployment-circuit-breaker)', () => {
  it('ends a deployment of a missing image at count 1 after three failed tasks, and keeps the old one', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1');
    await register(world, 'v1', {}, { healthCheck });
    await create(world, breaker());
    await world.until(100);
    world.removeImage(await register(world, 'v2', {}, { healthCheck }));
    await update(world, { taskDefinition: 'worker-external' });
    // Task 1 fails at 106 (placed 102, pull fails after 4 s). It is tried again 3 min, then 6 min later.
    await world.until(106);
    const [failed] = await world.tasks('worker-external', 'STOPPED');
    expect(failed).toMatchObject({ stopCode: 'TaskFailedToStart', lastStatus: 'STOPPED' });
    expect(failed?.stoppedReason).toMatch(/^CannotPullContainerError: /);
    expect(failed?.containers?.[0]).not.toHaveProperty('exitCode');
    expect((await world.primary('worker-external')).failedTasks).toBe(1);
    await world.until(290);
    expect((await world.primary('worker-external')).failedTasks).toBe(2);
    await world.until(600);
    expect(await world.primary('worker-external')).toMatchObject({ failedTasks: 2, rolloutState: 'IN_PROGRESS' });
    await world.until(700);
    expect(await world.primary('worker-external')).toMatchObject({
      failedTasks: 3,
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    });
    expect(world.told('ECS Deployment State Change').at(-1)).toBe('656 SERVICE_DEPLOYMENT_FAILED');
    await world.until(7200);
    const stalled = await world.service('worker-external');
    expect(stalled.runningCount).toBe(1);
    expect(stalled.deployments?.map(({ status, rolloutState }) => `${status} ${rolloutState}`)).toEqual([
      'PRIMARY FAILED',
      'ACTIVE COMPLETED',
    ]);
    // Moving back is an ordinary deployment of the old definition.
    await update(world, { taskDefinition: 'worker-external:1' });
    await world.until(7300);
    expect((await world.service('worker-external')).deployments).toHaveLength(1);
    expect((await world.primary('worker-external')).rolloutState).toBe('COMPLETED');
  });

  it('returns to the last completed deployment where rollback is on', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1');
    await register(world, 'v1', {}, { healthCheck });
    await create(world, breaker(true));
    await world.until(100);
    const { id } = await world.primary('worker-external');
    world.removeImage(await register(world, 'v2', {}, { healthCheck }));
    await update(world, { taskDefinition: 'worker-external' });
    await world.until(657);
    expect(await world.primary('worker-external')).toMatchObject({
      id,
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${id}.`,
    });
    await world.until(700);
    expect(await world.service('worker-external')).toMatchObject({
      taskDefinition: expect.stringMatching(/:1$/),
      runningCount: 1,
    });
    expect((await world.service('worker-external')).deployments).toHaveLength(1);
    expect((await world.primary('worker-external')).rolloutState).toBe('COMPLETED');
    expect(world.told('ECS Deployment State Change').map((line) => line.split(' ')[1])).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_FAILED',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ]);
  });

  it('stalls a service whose first deployment fails: there is nothing to return to', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1');
    world.removeImage(await register(world, 'v1'));
    await create(world, breaker(true));
    await world.until(7200);
    expect(await world.service('worker-external')).toMatchObject({ runningCount: 0, pendingCount: 0 });
    expect((await world.primary('worker-external')).rolloutState).toBe('FAILED');
    expect(world.told('ECS Deployment State Change')).toHaveLength(2);
  });

  it('never ends a deployment while it is off, and the retries come no more often than every 27 minutes (service-throttle-logic)', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1');
    world.removeImage(await register(world, 'v1'));
    await create(world);
    await world.until(24 * 3600);
    expect((await world.primary('worker-external')).rolloutState).toBe('IN_PROGRESS');
    const starts = world.told('ECS Task State Change').filter((line) => line.includes('PENDING'));
    const last = starts.slice(-2).map((line) => Number(line.split(' ')[0]));
    expect((last[1] as number) - (last[0] as number)).toBe(27 * 60 + 4);
    expect(world.told('ECS Service Action').filter((line) => line.includes('IMPAIRED')).length).toBeGreaterThan(0);
  });

  it('counts tasks that are replaced for failing their health checks', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1');
    await register(world, 'v1', {}, { healthCheck });
    await create(world, breaker());
    await world.until(100);
    await register(world, 'v2', { health: () => 1 }, { healthCheck });
    await update(world, { taskDefinition: 'worker-external' });
    // Running at 107, UNHEALTHY after two checks at 117, seen and stopped at 119: the upper bound leaves no room for another.
    await world.until(119);
    expect((await world.primary('worker-external')).failedTasks).toBe(1);
    await world.until(240);
    expect(await world.primary('worker-external')).toMatchObject({ failedTasks: 3, rolloutState: 'FAILED' });
    const stopped = await world.tasks('worker-external', 'STOPPED');
    expect(new Set(stopped.map(({ stoppedReason }) => stoppedReason))).toContain('Task failed container health checks');
    expect((await world.service('worker-external')).runningCount).toBe(1);
  });

  it('does not count containers that exit after RUNNING, unless told so', async () => {
    for (const counts of [false, true]) {
      const world = await ecsWorld({ fidelity: { breakerCountsExitAfterRunning: counts } });
      machine(world, 'mi-1');
      await register(world, 'v1', { exits: { afterMs: 500, code: 1 } });
      await create(world, breaker());
      await world.until(600);
      const primary = await world.primary('worker-external');
      expect(primary.rolloutState).toBe(counts ? 'FAILED' : 'IN_PROGRESS');
      const [task] = await world.tasks('worker-external', 'STOPPED');
      expect(task).toMatchObject({
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [{ exitCode: 1 }],
      });
    }
  });

  it('counts failures in a row: a healthy task begins anew', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1');
    let failures = 2;
    await register(world, 'v1', { health: () => (failures > 0 ? 1 : 0) }, { healthCheck });
    await create(world, breaker());
    await world.until(18);
    failures = 0;
    await world.until(60);
    expect(await world.primary('worker-external')).toMatchObject({ failedTasks: 0, rolloutState: 'COMPLETED' });
  });
});

describe('placement (ecs_service_events, service-event-messages)', () => {
  it('spreads over the instances, and says what is missing when there is no room', async () => {
    const world = await ecsWorld();
    machine(world, 'mi-1', 512);
    machine(world, 'mi-2', 512);
    await register(world, 'v1');
    await create(world, { desiredCount: 2 });
    await world.until(10);
    const tasks = await world.tasks('worker-external');
    expect(new Set(tasks.map(({ containerInstanceArn }) => containerInstanceArn)).size).toBe(2);
    await update(world, { desiredCount: 5 });
    await world.until(20);
    expect((await world.service('worker-external')).runningCount).toBe(4);
    expect((await world.service('worker-external')).events?.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /was unable to place a task because no container instance met all of its requirements\. The closest matching \(container-instance [0-9a-f]{32}\) has insufficient CPU units available\. For more information/,
      ),
    );
    expect(world.told('ECS Service Action')).toContain('12 SERVICE_TASK_PLACEMENT_FAILURE RESOURCE:CPU');
    // Room elsewhere is found as soon as it is there, without waiting for a retry.
    machine(world, 'mi-3', 512);
    await world.until(28);
    expect((await world.service('worker-external')).runningCount).toBe(5);
  });

  it('counts for the breaker while nothing of the deployment has run', async () => {
    const world = await ecsWorld();
    await register(world, 'v1');
    await create(world, breaker());
    await world.until(2);
    expect(await world.primary('worker-external')).toMatchObject({ failedTasks: 1 });
    expect(world.told('ECS Service Action')).toEqual(['2 SERVICE_TASK_PLACEMENT_FAILURE NO ACTIVE INSTANCES']);
    await world.until(700);
    expect((await world.primary('worker-external')).rolloutState).toBe('FAILED');
  });
});

describe('draining (container-instance-draining)', () => {
  it('replaces running tasks elsewhere before it stops them', async () => {
    const world = await ecsWorld();
    const first = machine(world, 'mi-1');
    await register(world, 'v1', {}, { healthCheck });
    await create(world, { desiredCount: 2 });
    await world.until(60);
    machine(world, 'mi-2');
    await world.call('UpdateContainerInstancesState', {
      cluster: 'spillway',
      containerInstances: [first],
      status: 'DRAINING',
    });
    let least = 2;
    for (let second = 60; second < 120; second += 1) {
      await world.until(second);
      least = Math.min(least, (await world.service('worker-external')).runningCount ?? 0);
    }
    expect(least).toBe(2);
    const tasks = await world.tasks('worker-external');
    expect(tasks.map(({ containerInstanceArn }) => containerInstanceArn === first)).toEqual([false, false]);
    expect(await world.primary('worker-external')).toMatchObject({ rolloutState: 'COMPLETED', failedTasks: 0 });
  });
});

describe('an unhealthy task of the source revision, while a deployment cannot start', () => {
  /** Two tasks of v1; v2 needs more than any machine has, so that v1 must carry on. */
  const source = async (maximumPercent: number, cpuUnits: number): Promise<{ world: EcsWorld; ill: Set<string> }> => {
    const world = await ecsWorld();
    machine(world, 'mi-1', cpuUnits);
    const ill = new Set<string>();
    await register(world, 'v1', { health: ({ taskArn }) => (ill.has(taskArn) ? 1 : 0) }, { healthCheck });
    await create(world, { desiredCount: 2, deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent } });
    await world.until(60);
    await register(world, 'v2', {}, { healthCheck, cpu: 8192 });
    await update(world, { taskDefinition: 'worker-external:2' });
    await world.until(70);
    return { world, ill };
  };
  const sick = (world: EcsWorld): (typeof world.containers)[number] => {
    const found = world.containers.find(({ alive }) => alive);
    if (!found) throw new Error('nothing runs');
    return found;
  };

  it('is replaced with the source revision, start first, where maximumPercent allows (deployment-type-ecs)', async () => {
    const { world, ill } = await source(200, 4096);
    const task = sick(world);
    ill.add(task.spec.taskArn);
    await world.until(87);
    // Unhealthy by now, and its replacement runs beside it.
    expect(task.alive).toBe(true);
    expect(world.containers.filter(({ alive }) => alive)).toHaveLength(3);
    await world.until(100);
    expect(task.alive).toBe(false);
    expect(world.containers.filter(({ alive, spec }) => alive && spec.revision === 1)).toHaveLength(2);
  });

  it('is stopped first where there is no room beside it (deployment-type-ecs)', async () => {
    const { world, ill } = await source(100, 512);
    const task = sick(world);
    ill.add(task.spec.taskArn);
    await world.until(87);
    expect(task.alive).toBe(false);
    await world.until(110);
    expect(world.containers.filter(({ alive, spec }) => alive && spec.revision === 1)).toHaveLength(2);
  });
});
