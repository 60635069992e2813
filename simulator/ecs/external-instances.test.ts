import { describe, expect, it } from 'vitest';
import { type Behaviour, type EcsWorld, ecsWorld, externalDefinition, healthCheck } from './ecs-world.ts';

/** Two machines with room for four tasks each, and a service of two tasks spread over them, at rest at 60 s. */
const site = async (behaviour: Behaviour = {}, more: Record<string, unknown> = {}): Promise<EcsWorld> => {
  const world = await ecsWorld();
  for (const managedInstanceId of ['mi-1', 'mi-2']) {
    world.ecs.registerExternalInstance({ cluster: 'spillway', managedInstanceId, cpuUnits: 1024, memoryMiB: 4096 });
  }
  const image = world.push('worker', 'v1', behaviour);
  await world.call('RegisterTaskDefinition', externalDefinition('worker-external', image, { healthCheck }));
  await world.call('CreateService', {
    cluster: 'spillway',
    serviceName: 'worker-external',
    taskDefinition: 'worker-external',
    launchType: 'EXTERNAL',
    desiredCount: 2,
    ...more,
  });
  await world.until(60);
  return world;
};

const release = async (world: EcsWorld, tag: string): Promise<void> => {
  const image = world.push('worker', tag);
  await world.call('RegisterTaskDefinition', externalDefinition('worker-external', image, { healthCheck }));
  await world.call('UpdateService', {
    cluster: 'spillway',
    service: 'worker-external',
    taskDefinition: 'worker-external',
  });
};

interface Instance {
  readonly containerInstanceArn: string;
  readonly ec2InstanceId: string;
  readonly agentConnected: boolean;
  readonly status: string;
  readonly runningTasksCount: number;
  readonly remainingResources: { readonly name: string; readonly integerValue: number }[];
}

const instances = async (world: EcsWorld): Promise<Instance[]> => {
  const { containerInstanceArns } = await world.call<{ containerInstanceArns: string[] }>('ListContainerInstances', {
    cluster: 'spillway',
  });
  const answer = await world.call<{ containerInstances: Instance[] }>('DescribeContainerInstances', {
    cluster: 'spillway',
    containerInstances: containerInstanceArns,
  });
  return answer.containerInstances;
};

const tasksOn = async (world: EcsWorld, index: number) => {
  const { containerInstanceArn } = (await instances(world))[index] as Instance;
  const { taskArns } = await world.call<{ taskArns: string[] }>('ListTasks', {
    cluster: 'spillway',
    containerInstance: containerInstanceArn,
  });
  return taskArns;
};

describe('an external instance', () => {
  it('has the managed instance as its ec2InstanceId, and its free resources follow its tasks (ContainerInstance)', async () => {
    const world = await site();
    expect((await instances(world)).map(({ ec2InstanceId, status }) => [ec2InstanceId, status])).toEqual([
      ['mi-1', 'ACTIVE'],
      ['mi-2', 'ACTIVE'],
    ]);
    const [first] = await instances(world);
    expect(first?.remainingResources.find(({ name }) => name === 'CPU')?.integerValue).toBe(1024 - 256);
    expect(first?.runningTasksCount).toBe(1);
  });
});

describe('an instance without a link', () => {
  it('keeps its tasks RUNNING and HEALTHY as last heard; after 2 minutes only agentConnected is false (HealthCheck, ContainerInstance)', async () => {
    let ill = false;
    const world = await site({ health: ({ managedInstanceId }) => (ill && managedInstanceId === 'mi-1' ? 1 : 0) });
    world.ecs.setLinked('mi-1', false);
    ill = true;
    await world.until(179);
    expect((await instances(world))[0]?.agentConnected).toBe(true);
    await world.until(181);
    expect((await instances(world))[0]).toMatchObject({ agentConnected: false, status: 'ACTIVE' });
    const tasks = await world.tasks('worker-external');
    const away = tasks.filter(({ connectivity }) => connectivity === 'DISCONNECTED');
    expect(away.map(({ lastStatus, healthStatus }) => `${lastStatus} ${healthStatus}`)).toEqual(['RUNNING HEALTHY']);
  });

  it('gets no new task, and the reason is AGENT when no other instance has a link (service-event-messages)', async () => {
    const world = await site();
    world.ecs.setLinked('mi-1', false);
    world.ecs.setLinked('mi-2', false);
    await world.until(200);
    await world.call('UpdateService', { cluster: 'spillway', service: 'worker-external', desiredCount: 3 });
    await world.until(210);
    expect(world.told('ECS Service Action').at(-1)).toBe('202 SERVICE_TASK_PLACEMENT_FAILURE AGENT');
    expect((await world.service('worker-external')).events?.[0]?.message).toContain('encountered error "AGENT"');
    const { failures } = await world.call<{ failures: { reason: string }[] }>('RunTask', {
      cluster: 'spillway',
      taskDefinition: 'worker-external',
      launchType: 'EXTERNAL',
    });
    expect(failures.map(({ reason }) => reason)).toEqual(['AGENT', 'AGENT']);
  });

  it('does not hear of a stop: the deployment cannot finish, until on its return the old task is ended (amazon-ecs-agent, task manifest)', async () => {
    const world = await site();
    world.ecs.setLinked('mi-1', false);
    await world.until(200);
    await release(world, 'v2');
    await world.until(600);
    const during = await world.service('worker-external');
    expect(
      during.deployments?.map(({ status, rolloutState, runningCount }) => [status, rolloutState, runningCount]),
    ).toEqual([
      ['PRIMARY', 'IN_PROGRESS', 2],
      ['ACTIVE', 'COMPLETED', 1],
    ]);
    const [stuck] = await world.tasks('worker-external', 'STOPPED');
    expect(stuck).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED' });
    const orphan = world.containers.find(({ spec }) => spec.taskArn === stuck?.taskArn);
    expect(orphan?.alive).toBe(true);
    world.ecs.setLinked('mi-1', true);
    // Connected again after 5 s; SIGTERM takes 0.1 s, and the scheduler looks 2 s later.
    await world.until(606);
    expect(orphan?.alive).toBe(false);
    await world.until(610);
    expect((await world.service('worker-external')).deployments).toHaveLength(1);
    expect((await world.primary('worker-external')).rolloutState).toBe('COMPLETED');
  });

  it('tells on its return which containers have ended, and only then they are replaced (containers-roadmap issue 2040)', async () => {
    const world = await site();
    const [taskArn] = await tasksOn(world, 0);
    world.ecs.setLinked('mi-1', false);
    await world.until(100);
    world.containers.find(({ spec }) => spec.taskArn === taskArn)?.exit(1);
    await world.until(3600);
    expect((await world.service('worker-external')).runningCount).toBe(2);
    world.ecs.setLinked('mi-1', true);
    await world.until(3606);
    const [stopped] = await world.tasks('worker-external', 'STOPPED');
    expect(stopped).toMatchObject({ taskArn, stopCode: 'EssentialContainerExited', lastStatus: 'STOPPED' });
    await world.until(3620);
    expect((await world.service('worker-external')).runningCount).toBe(2);
  });

  it('has its standalone task stopped by StopTask at once in the answer, and on the machine when it is back', async () => {
    const world = await site();
    const [taskArn] = await tasksOn(world, 1);
    world.ecs.setLinked('mi-2', false);
    const { task } = await world.call<{ task: { lastStatus: string; desiredStatus: string } }>('StopTask', {
      cluster: 'spillway',
      task: taskArn,
    });
    expect(task).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED' });
    await world.until(300);
    expect(world.containers.find(({ spec }) => spec.taskArn === taskArn)?.alive).toBe(true);
  });

  it('keeps the last credentials of a task, and its log lines for later', async () => {
    const world = await ecsWorld();
    world.ecs.registerExternalInstance({
      cluster: 'spillway',
      managedInstanceId: 'mi-1',
      cpuUnits: 1024,
      memoryMiB: 1024,
    });
    const image = world.push('worker', 'v1');
    await world.call('RegisterTaskDefinition', {
      ...externalDefinition('worker-external', image, {
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': '/worker', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'main' },
        },
      }),
      taskRoleArn: 'arn:aws:iam::123456789012:role/worker',
      executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
    });
    await world.call('RunTask', { cluster: 'spillway', taskDefinition: 'worker-external', launchType: 'EXTERNAL' });
    await world.until(10);
    const [container] = world.containers;
    const before = container?.spec.credentials?.();
    const id = container?.spec.taskArn.split('/').at(-1);
    expect(world.logs).toEqual([{ group: '/worker', stream: `main/main/${id}`, message: 'started' }]);
    world.ecs.setLinked('mi-1', false);
    container?.spec.containers[0]?.log('alone');
    expect(world.logs).toHaveLength(1);
    await world.until(7 * 3600);
    // Issued for 6 hours: expired, but there are no others.
    expect(container?.spec.credentials?.()).toEqual(before);
    world.ecs.setLinked('mi-1', true);
    await world.until(7 * 3600 + 6);
    expect(world.logs.at(-1)?.message).toBe('alone');
    expect(container?.spec.credentials?.()).not.toEqual(before);
  });

  it('that returns within the detection time was never away for ECS', async () => {
    const world = await site();
    world.ecs.setLinked('mi-1', false);
    await world.until(100);
    world.ecs.setLinked('mi-1', true);
    await world.until(400);
    expect(world.events.filter(({ detail }) => detail.agentConnected === false)).toEqual([]);
  });
});

describe('an agent that flaps', () => {
  it('is told by two events, and loses nothing (ecs_container_instance_events)', async () => {
    const world = await site();
    const before = world.told('ECS Container Instance State Change').length;
    world.ecs.flapAgent('mi-1', 3_000);
    await world.until(70);
    expect(world.told('ECS Container Instance State Change')).toHaveLength(before + 2);
    expect((await instances(world))[0]?.agentConnected).toBe(true);
    expect((await world.service('worker-external')).runningCount).toBe(2);
  });
});

describe('draining (container-instance-draining)', () => {
  it('is blocked where minimum and maximum are both 100 percent', async () => {
    const world = await site(
      {},
      {
        deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 },
      },
    );
    const [first] = await instances(world);
    await world.call('UpdateContainerInstancesState', {
      cluster: 'spillway',
      containerInstances: [first?.containerInstanceArn],
      status: 'DRAINING',
    });
    await world.until(3600);
    expect(await tasksOn(world, 0)).toHaveLength(1);
  });

  it('stops a pending task of a service at once, and starts it elsewhere', async () => {
    const world = await site();
    world.ecs.faults.slowPulls('EXTERNAL', 15, 600_000);
    await release(world, 'v2');
    await world.until(63);
    const pending = (await world.tasks('worker-external')).filter(({ lastStatus }) => lastStatus === 'PENDING');
    const [first] = await instances(world);
    const [leaving] = pending.filter(
      ({ containerInstanceArn }) => containerInstanceArn === first?.containerInstanceArn,
    );
    expect(pending).toHaveLength(2);
    await world.call('UpdateContainerInstancesState', {
      cluster: 'spillway',
      containerInstances: [first?.containerInstanceArn],
      status: 'DRAINING',
    });
    // Its pull would have taken until 122 s.
    await world.until(65.1);
    expect((await world.tasks('worker-external', 'STOPPED')).map(({ taskArn }) => taskArn)).toEqual([leaving?.taskArn]);
    await world.until(68);
    expect(await tasksOn(world, 1)).toHaveLength(3);
  });

  it('leaves standalone tasks alone', async () => {
    const world = await site();
    const { tasks } = await world.call<{ tasks: { containerInstanceArn: string; taskArn: string }[] }>('RunTask', {
      cluster: 'spillway',
      taskDefinition: 'worker-external',
      launchType: 'EXTERNAL',
    });
    await world.call('UpdateContainerInstancesState', {
      cluster: 'spillway',
      containerInstances: [tasks[0]?.containerInstanceArn],
      status: 'DRAINING',
    });
    await world.until(600);
    expect(await tasksOn(world, 0)).toEqual([tasks[0]?.taskArn]);
  });
});

describe('deregistering (ecs-anywhere-deregistration)', () => {
  it('is refused while tasks run; by force they are STOPPED for ECS, and their containers go on', async () => {
    const world = await site();
    const [first] = await instances(world);
    const [taskArn] = await tasksOn(world, 0);
    const input = { cluster: 'spillway', containerInstance: first?.containerInstanceArn };
    expect(await world.refusal('DeregisterContainerInstance', input)).toBe(
      'InvalidParameterException: Found running tasks on the instance.',
    );
    await world.call('DeregisterContainerInstance', { ...input, force: true });
    await world.until(80);
    expect(await instances(world)).toHaveLength(1);
    expect((await world.service('worker-external')).runningCount).toBe(2);
    expect(world.containers.find(({ spec }) => spec.taskArn === taskArn)?.alive).toBe(true);
  });
});

describe('ListContainerInstances', () => {
  it('filters by the cluster query language, as by agentConnected (cluster-query-language)', async () => {
    const world = await site();
    world.ecs.setLinked('mi-1', false);
    await world.until(200);
    const listed = async (filter: string): Promise<number> => {
      const answer = await world.call<{ containerInstanceArns: string[] }>('ListContainerInstances', {
        cluster: 'spillway',
        filter,
      });
      return answer.containerInstanceArns.length;
    };
    expect(await listed('agentConnected == true')).toBe(1);
    expect(await listed('ec2InstanceId == mi-1 and agentConnected == false')).toBe(1);
    expect(await listed('runningTasksCount > 1')).toBe(0);
  });
});

describe('placement constraints (cluster-query-language)', () => {
  it('pin a service to the machines of its site', async () => {
    const world = await ecsWorld();
    const machine = (managedInstanceId: string, siteName: string): string =>
      world.ecs.registerExternalInstance({
        cluster: 'spillway',
        managedInstanceId,
        cpuUnits: 4096,
        memoryMiB: 4096,
        attributes: [{ name: 'site', value: siteName }],
      });
    machine('mi-1', 'berlin');
    const madrid = machine('mi-2', 'madrid');
    await world.call('RegisterTaskDefinition', externalDefinition('worker-madrid', world.push('worker', 'v1')));
    await world.call('CreateService', {
      cluster: 'spillway',
      serviceName: 'worker-madrid',
      taskDefinition: 'worker-madrid',
      launchType: 'EXTERNAL',
      desiredCount: 3,
      placementConstraints: [{ type: 'memberOf', expression: 'attribute:site == madrid' }],
    });
    await world.until(60);
    const tasks = await world.tasks('worker-madrid');
    expect(tasks.map(({ containerInstanceArn }) => containerInstanceArn)).toEqual([madrid, madrid, madrid]);
  });
});

describe('a cut link', () => {
  it('carries nothing of the tasks behind it either, and other tasks and callers go on', async () => {
    const world = await site();
    const [[near = ''], [far = '']] = [await tasksOn(world, 0), await tasksOn(world, 1)];
    const reaches = (arn: string): boolean => world.ecs.reaches(arn.split('/').at(-1) ?? '');
    world.ecs.setLinked('mi-1', false);
    expect([reaches(near), reaches(far), reaches('spillway-move-twin')]).toEqual([false, true, true]);
    world.ecs.setLinked('mi-1', true);
    await world.until(120);
    expect(reaches(near)).toBe(true);
  });
});
