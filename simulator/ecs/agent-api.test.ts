import { describe, expect, it } from 'vitest';
import type { AgentAnswer } from '../cloud/ports.ts';
import { type EcsWorld, ecsWorld, externalDefinition, fargateDefinition, networkConfiguration } from './ecs-world.ts';

const path = '/task-protection/v1/state';
const worker = { cluster: 'spillway', service: 'worker' };

/** Two tasks on two machines, with a task role, at rest at 100 s. */
const workers = async (
  taskRoleArn: string | undefined = 'arn:aws:iam::123456789012:role/worker',
): Promise<EcsWorld> => {
  const world = await ecsWorld();
  for (const managedInstanceId of ['mi-1', 'mi-2'])
    world.ecs.registerExternalInstance({ cluster: 'spillway', managedInstanceId, cpuUnits: 1024, memoryMiB: 1024 });
  await world.call('RegisterTaskDefinition', {
    ...externalDefinition('worker', world.push('worker', 'v1')),
    ...(taskRoleArn && { taskRoleArn }),
  });
  await world.call('CreateService', {
    cluster: 'spillway',
    serviceName: 'worker',
    taskDefinition: 'worker',
    launchType: 'EXTERNAL',
    desiredCount: 2,
  });
  await world.until(100);
  return world;
};

const ask = (world: EcsWorld, index: number, method: string, body?: unknown): Promise<AgentAnswer> => {
  const container = world.containers[index];
  if (!container) throw new Error('no such container');
  return container.spec.agent({ method, path, body });
};

describe('$ECS_AGENT_URI/task-protection/v1/state (task-scale-in-protection-endpoint)', () => {
  it('protects the task until a time that it answers, tells it, and takes it back', async () => {
    const world = await workers();
    const taskArn = world.containers[0]?.spec.taskArn;
    const protectedAnswer = {
      status: 200,
      body: { protection: { ExpirationDate: '1970-01-01T01:01:40Z', ProtectionEnabled: true, TaskArn: taskArn } },
    };
    expect(await ask(world, 0, 'PUT', { ProtectionEnabled: true, ExpiresInMinutes: 60 })).toEqual(protectedAnswer);
    expect(await ask(world, 0, 'GET')).toEqual(protectedAnswer);
    expect(await ask(world, 0, 'PUT', { ProtectionEnabled: false })).toEqual({
      status: 200,
      body: { protection: { ProtectionEnabled: false, TaskArn: taskArn } },
    });
  });

  it('asks ECS as the task role, for UpdateTaskProtection and GetTaskProtection of the task itself', async () => {
    const world = await workers();
    const before = world.asked.length;
    await ask(world, 0, 'PUT', { ProtectionEnabled: true });
    await ask(world, 0, 'GET');
    const asked = world.asked.slice(before).flat();
    expect(asked.map(({ action }) => action)).toEqual(['ecs:UpdateTaskProtection', 'ecs:GetTaskProtection']);
    expect(new Set(asked.map(({ resource }) => resource))).toEqual(new Set([world.containers[0]?.spec.taskArn]));
  });

  it('keeps a protected task through a scale-in, and lets it go when the protection has expired', async () => {
    const world = await workers();
    await ask(world, 1, 'PUT', { ProtectionEnabled: true, ExpiresInMinutes: 10 });
    await world.call('UpdateService', { ...worker, desiredCount: 0 });
    await world.until(699);
    expect(world.containers.map(({ alive }) => alive)).toEqual([false, true]);
    await world.until(705);
    expect(world.containers.map(({ alive }) => alive)).toEqual([false, false]);
  });

  it('keeps a deployment open as long as an old task is protected', async () => {
    const world = await workers();
    await ask(world, 1, 'PUT', { ProtectionEnabled: true, ExpiresInMinutes: 10 });
    await world.call('UpdateService', { ...worker, forceNewDeployment: true });
    await world.until(690);
    expect((await world.primary('worker')).rolloutState).toBe('IN_PROGRESS');
    await world.until(720);
    expect((await world.primary('worker')).rolloutState).toBe('COMPLETED');
  });

  it('fails with DEPLOYMENT_BLOCKED for more protected tasks than the desired count, while a deployment runs', async () => {
    const world = await workers();
    await ask(world, 0, 'PUT', { ProtectionEnabled: true });
    await world.call('UpdateService', { ...worker, forceNewDeployment: true, desiredCount: 1 });
    expect(await ask(world, 1, 'PUT', { ProtectionEnabled: true })).toMatchObject({
      status: 200,
      body: { failure: { Arn: world.containers[1]?.spec.taskArn, Reason: 'DEPLOYMENT_BLOCKED' } },
    });
  });

  it('cannot be set or renewed without a link: RequestCanceled after 4 s, and what was set expires by wall clock', async () => {
    const world = await workers();
    await ask(world, 0, 'PUT', { ProtectionEnabled: true, ExpiresInMinutes: 5 });
    world.ecs.setLinked('mi-1', false);
    const renewed = ask(world, 0, 'PUT', { ProtectionEnabled: true, ExpiresInMinutes: 60 });
    await world.until(104.001);
    expect(await renewed).toMatchObject({
      status: 504,
      body: { error: { Code: 'RequestCanceled', Message: 'Timed out calling Amazon ECS Task Protection API' } },
    });
    await world.until(401);
    const { protectedTasks } = await world.call<{ protectedTasks: { protectionEnabled: boolean }[] }>(
      'GetTaskProtection',
      { cluster: 'spillway', tasks: [world.containers[0]?.spec.taskArn] },
    );
    expect(protectedTasks[0]?.protectionEnabled).toBe(false);
  });

  it('is refused without a task role, without its field, and where ECS throttles', async () => {
    const without = await workers('');
    expect(await ask(without, 0, 'GET')).toMatchObject({ body: { error: { Code: 'AccessDeniedException' } } });
    const world = await workers();
    expect(await ask(world, 0, 'PUT', {})).toMatchObject({
      status: 400,
      body: { error: { Code: 'InvalidParameterException' } },
    });
    world.ecs.faults.throttle(60_000);
    expect(await ask(world, 0, 'GET')).toMatchObject({
      status: 400,
      body: {
        error: { Arn: world.containers[0]?.spec.taskArn, Code: 'ThrottlingException', Message: 'Rate exceeded' },
      },
    });
  });

  it('is no use to a task that belongs to no service: TASK_NOT_VALID', async () => {
    const world = await ecsWorld();
    await world.call('RegisterTaskDefinition', {
      ...fargateDefinition('probe', world.push('probe', 'v1')),
      taskRoleArn: 'arn:aws:iam::123456789012:role/worker',
    });
    const request = { cluster: 'spillway', taskDefinition: 'probe', launchType: 'FARGATE', networkConfiguration };
    await world.call('RunTask', request);
    await world.until(30);
    expect(await ask(world, 0, 'PUT', { ProtectionEnabled: true })).toMatchObject({
      body: { failure: { Reason: 'TASK_NOT_VALID' } },
    });
  });
});
