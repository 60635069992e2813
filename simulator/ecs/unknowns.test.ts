import { describe, expect, it } from 'vitest';
import type { Fidelity } from '../cloud/fidelity.ts';
import { type Behaviour, type EcsWorld, ecsWorld, externalDefinition, healthCheck } from './ecs-world.ts';

/** Both settings of what nobody knows of ECS (simulator/cloud/unknowns.ts): each is a way in which AWS may behave. */

/** Two machines with room for four tasks each and a service of two tasks, at rest at 60 s. */
const workers = async (
  fidelity: Partial<Fidelity['ecs']>,
  more: { readonly service?: object; readonly container?: object; readonly behaviour?: Behaviour } = {},
): Promise<EcsWorld> => {
  const world = await ecsWorld({ fidelity });
  for (const managedInstanceId of ['mi-1', 'mi-2'])
    world.ecs.registerExternalInstance({ cluster: 'spillway', managedInstanceId, cpuUnits: 1024, memoryMiB: 4096 });
  const definition = externalDefinition('worker', world.push('worker', 'v1', more.behaviour), {
    healthCheck,
    ...more.container,
  });
  await world.call('RegisterTaskDefinition', definition);
  await world.call('CreateService', {
    cluster: 'spillway',
    serviceName: 'worker',
    taskDefinition: 'worker',
    launchType: 'EXTERNAL',
    desiredCount: 2,
    ...more.service,
  });
  await world.until(60);
  return world;
};

const update = (world: EcsWorld, more: object): Promise<unknown> =>
  world.call('UpdateService', { cluster: 'spillway', service: 'worker', ...more });

const release = async (world: EcsWorld, tag: string, behaviour: Behaviour = {}): Promise<void> => {
  const definition = externalDefinition('worker', world.push('worker', tag, behaviour), { healthCheck });
  await world.call('RegisterTaskDefinition', definition);
  await update(world, { taskDefinition: 'worker' });
};

const taskOn = async (world: EcsWorld, managedInstanceId: string): Promise<string> => {
  const found = world.containers.find(({ spec, alive }) => alive && spec.managedInstanceId === managedInstanceId);
  return found?.spec.taskArn ?? '';
};

describe('tasks of an instance that stays away', () => {
  it('are counted as running for ever by default, as users report (containers-roadmap issue 2040)', async () => {
    const world = await workers({});
    world.ecs.setLinked('mi-1', false);
    await world.until(12 * 3_600);
    expect(await world.service('worker')).toMatchObject({ runningCount: 2, desiredCount: 2 });
    expect(world.containers).toHaveLength(2);
  });

  it('are given up and replaced after giveUpTasksMs where that is finite; on its return their containers end', async () => {
    const world = await workers({ giveUpTasksMs: 900_000 });
    const lost = await taskOn(world, 'mi-1');
    world.ecs.setLinked('mi-1', false);
    await world.until(60 + 120 + 899);
    expect(world.containers).toHaveLength(2);
    await world.until(60 + 120 + 910);
    expect(await world.service('worker')).toMatchObject({ runningCount: 2 });
    expect((await world.tasks('worker', 'STOPPED'))[0]).toMatchObject({
      taskArn: lost,
      stopCode: 'InfrastructureHealth',
    });
    const container = world.containers.find(({ spec }) => spec.taskArn === lost);
    expect(container?.alive).toBe(true);
    world.ecs.setLinked('mi-1', true);
    await world.until(60 + 120 + 920);
    expect(container?.alive).toBe(false);
    expect(await world.service('worker')).toMatchObject({ runningCount: 2 });
  });

  it('are not given up when the agent is back in time', async () => {
    const world = await workers({ giveUpTasksMs: 900_000 });
    world.ecs.setLinked('mi-1', false);
    await world.until(600);
    world.ecs.setLinked('mi-1', true);
    await world.until(3_600);
    expect(world.containers).toHaveLength(2);
  });
});

describe('a task that is told to stop while its instance has no link', () => {
  it.each(['RUNNING', 'STOPPING'] as const)('has the last status %s, and counts as running', async (shows) => {
    const world = await workers({ unreachableStopShows: shows });
    const task = await taskOn(world, 'mi-1');
    world.ecs.setLinked('mi-1', false);
    await world.until(200);
    await world.call('StopTask', { cluster: 'spillway', task });
    const [stopped] = await world.tasks('worker', 'STOPPED');
    expect(stopped).toMatchObject({ taskArn: task, lastStatus: shows, desiredStatus: 'STOPPED' });
    expect((await world.service('worker')).runningCount).toBe(2);
    world.ecs.setLinked('mi-1', true);
    await world.until(230);
    expect((await world.tasks('worker', 'STOPPED'))[0]?.lastStatus).toBe('STOPPED');
  });

  it('is refused by StopTask where stopsUnreachableTasks is false, once ECS knows of the disconnect', async () => {
    const world = await workers({ stopsUnreachableTasks: false });
    const task = await taskOn(world, 'mi-1');
    world.ecs.setLinked('mi-1', false);
    await world.until(200);
    expect(await world.refusal('StopTask', { cluster: 'spillway', task })).toMatch(/^InvalidParameterException/);
  });
});

describe('the circuit breaker of a service of launch type EXTERNAL', () => {
  it.each([
    [true, 'FAILED'],
    [false, 'IN_PROGRESS'],
  ])('watches where breakerOnExternal is %s: three unhealthy tasks leave the deployment %s', async (on, state) => {
    const world = await workers(
      { breakerOnExternal: on },
      { service: { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } } } },
    );
    await release(world, 'v2', { health: () => 1 });
    await world.until(200);
    expect((await world.primary('worker')).rolloutState).toBe(state);
  });
});

describe('task protection', () => {
  it.each([
    [true, []],
    [false, ['TASK_NOT_VALID']],
  ])('of EXTERNAL tasks, where protectionOnExternal is %s, fails with %j', async (on, reasons) => {
    const world = await workers({ protectionOnExternal: on });
    const tasks = [await taskOn(world, 'mi-1')];
    const { failures } = await world.call<{ failures: { reason: string }[] }>('UpdateTaskProtection', {
      cluster: 'spillway',
      tasks,
      protectionEnabled: true,
    });
    expect(failures.map(({ reason }) => reason)).toEqual(reasons);
  });

  it.each([
    [true, true],
    [false, false],
  ])('holds a task on a draining instance where protectionHoldsDraining is %s', async (holds, alive) => {
    const world = await workers({ protectionHoldsDraining: holds });
    const task = await taskOn(world, 'mi-1');
    await world.call('UpdateTaskProtection', { cluster: 'spillway', tasks: [task], protectionEnabled: true });
    const { containerInstanceArns } = await world.call<{ containerInstanceArns: string[] }>('ListContainerInstances', {
      cluster: 'spillway',
    });
    await world.call('UpdateContainerInstancesState', {
      cluster: 'spillway',
      containerInstances: [containerInstanceArns[0]],
      status: 'DRAINING',
    });
    await world.until(120);
    expect(world.containers.find(({ spec }) => spec.taskArn === task)?.alive).toBe(alive);
  });
});

describe('a superseded deployment', () => {
  it.each([
    ['none', 0],
    ['SERVICE_DEPLOYMENT_FAILED', 1],
  ] as const)('is told of by %s', async (supersededEvent, times) => {
    const world = await workers({ supersededEvent });
    await release(world, 'v2');
    const first = await world.primary('worker');
    await world.until(62);
    await release(world, 'v3');
    await world.until(200);
    const failed = world.events.filter(({ detail }) => detail.eventName === 'SERVICE_DEPLOYMENT_FAILED');
    expect(failed.map(({ detail }) => detail.deploymentId)).toEqual(times === 1 ? [first.id] : []);
    expect((await world.primary('worker')).rolloutState).toBe('COMPLETED');
  });
});

describe('UpdateService with the task definition that the service has', () => {
  it.each([
    [false, 1],
    [true, 2],
  ])('starts a deployment where sameTaskDefinitionDeploys is %s', async (deploys, deployments) => {
    const world = await workers({ sameTaskDefinitionDeploys: deploys });
    await update(world, { taskDefinition: 'worker' });
    expect((await world.service('worker')).deployments).toHaveLength(deployments);
    await update(world, { desiredCount: 3 });
    expect((await world.service('worker')).deployments).toHaveLength(deployments);
  });
});

describe('a healthy agent', () => {
  it('drops its connection some times an hour where agentFlapsPerHour says so, and no task is lost', async () => {
    const world = await workers({ agentFlapsPerHour: 6 });
    await world.until(4 * 3_600);
    const dropped = world.events.filter(
      ({ detailType, detail }) => detailType === 'ECS Container Instance State Change' && !detail.agentConnected,
    );
    // Two agents, four hours, six an hour: 48 expected.
    expect(dropped.length).toBeGreaterThan(30);
    expect(dropped.length).toBeLessThan(70);
    expect(world.containers).toHaveLength(2);
  });
});

describe('reads after a write', () => {
  const revisionOf = async (world: EcsWorld): Promise<string | undefined> =>
    (await world.service('worker')).taskDefinition?.split('/')[1];

  it('see it at once by default', async () => {
    const world = await workers({});
    await release(world, 'v2');
    expect(await revisionOf(world)).toBe('worker:2');
  });

  it('may see what was before it for staleReadsMs, and never later (BC:ecs.RunTask, eventual consistency)', async () => {
    const world = await workers({ staleReadsMs: 5_000, staleReadShare: 1 });
    await release(world, 'v2');
    expect(await revisionOf(world)).toBe('worker:1');
    await world.until(65.001);
    expect(await revisionOf(world)).toBe('worker:2');
  });

  it('see it or not by chance, where a share of them is stale', async () => {
    const world = await workers({ staleReadsMs: 3_600_000, staleReadShare: 0.5 });
    await release(world, 'v2');
    const seen = new Set<string | undefined>();
    for (let read = 0; read < 20; read += 1) seen.add(await revisionOf(world));
    expect([...seen].sort()).toEqual(['worker:1', 'worker:2']);
  });

  it('may miss a task that RunTask has just answered, in DescribeTasks and in ListTasks', async () => {
    const world = await workers({ staleReadsMs: 5_000, staleReadShare: 1 });
    const { tasks } = await world.call<{ tasks: { taskArn: string }[] }>('RunTask', {
      cluster: 'spillway',
      taskDefinition: 'worker',
      launchType: 'EXTERNAL',
      startedBy: 'probe',
    });
    const arns = tasks.map(({ taskArn }) => taskArn);
    const listed = async () =>
      (await world.call<{ taskArns: string[] }>('ListTasks', { cluster: 'spillway', startedBy: 'probe' })).taskArns;
    const described = async () =>
      await world.call<{ tasks: object[]; failures: { reason: string }[] }>('DescribeTasks', {
        cluster: 'spillway',
        tasks: arns,
      });
    expect(await listed()).toEqual([]);
    expect((await described()).failures).toMatchObject([{ reason: 'MISSING' }]);
    await world.until(65.001);
    expect(await listed()).toEqual(arns);
    expect((await described()).tasks).toHaveLength(1);
  });
});

describe('credentials of a task without a link', () => {
  it.each([
    [6 * 3_600_000, 6],
    [3_600_000, 1],
  ])('last %d ms, then the task has none that are valid', async (taskCredentialsMs, hours) => {
    const world = await ecsWorld({ fidelity: { taskCredentialsMs } });
    world.ecs.registerExternalInstance({
      cluster: 'spillway',
      managedInstanceId: 'mi-1',
      cpuUnits: 1024,
      memoryMiB: 1024,
    });
    await world.call('RegisterTaskDefinition', {
      ...externalDefinition('worker', world.push('worker', 'v1')),
      taskRoleArn: 'arn:aws:iam::123456789012:role/worker',
    });
    await world.call('RunTask', { cluster: 'spillway', taskDefinition: 'worker', launchType: 'EXTERNAL' });
    await world.until(10);
    world.ecs.setLinked('mi-1', false);
    await world.until(hours * 3_600 + 60);
    const [container] = world.containers;
    expect(container?.spec.credentials?.().expiration.getTime()).toBeLessThan(world.kernel.now());
    world.ecs.setLinked('mi-1', true);
    await world.until(hours * 3_600 + 120);
    expect(container?.spec.credentials?.().expiration.getTime()).toBeGreaterThan(world.kernel.now());
  });
});

describe('protection of a task that fails its health checks', () => {
  it.each([
    [false, false],
    [true, true],
  ])('holds it where protectionHoldsUnhealthy is %s', async (holds, alive) => {
    const ill = new Set<string>();
    const world = await workers(
      { protectionHoldsUnhealthy: holds },
      { behaviour: { health: ({ taskArn }) => (ill.has(taskArn) ? 1 : 0) } },
    );
    const task = await taskOn(world, 'mi-1');
    await world.call('UpdateTaskProtection', { cluster: 'spillway', tasks: [task], protectionEnabled: true });
    ill.add(task);
    await world.until(120);
    expect(world.containers.find(({ spec }) => spec.taskArn === task)?.alive).toBe(alive);
  });
});

describe('lines that are logged without a link', () => {
  it.each([
    [true, ['started', 'cut off', 'back']],
    [false, ['started', 'back']],
  ])('come later where keepsLogsWithoutLink is %s', async (keepsLogsWithoutLink, messages) => {
    const logConfiguration = {
      logDriver: 'awslogs',
      options: { 'awslogs-group': 'workers', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'w' },
    };
    const world = await workers(
      { keepsLogsWithoutLink },
      { container: { logConfiguration }, service: { desiredCount: 1 } },
    );
    const log = (line: string) => world.containers[0]?.spec.containers[0]?.log(line);
    const managedInstanceId = world.containers[0]?.spec.managedInstanceId ?? '';
    world.ecs.setLinked(managedInstanceId, false);
    log('cut off');
    world.ecs.setLinked(managedInstanceId, true);
    await world.until(100);
    log('back');
    expect(world.logs.map(({ message }) => message)).toEqual(messages);
  });
});

describe('events of a deployment', () => {
  it.each(['ECS Deployment State Change', 'ECS Service Action'] as const)(
    'may come as %s',
    async (deploymentEventsAs) => {
      const world = await workers({ deploymentEventsAs });
      const kinds = world.events.filter(({ detail }) => String(detail.eventName).startsWith('SERVICE_DEPLOYMENT_'));
      expect(kinds.map(({ detailType }) => detailType)).toEqual([deploymentEventsAs, deploymentEventsAs]);
    },
  );
});
