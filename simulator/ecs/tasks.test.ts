import { describe, expect, it } from 'vitest';
import { AwsError } from '../cloud/aws-error.ts';
import type { ApiCall } from '../cloud/service.ts';
import { type EcsWorld, ecsWorld, externalDefinition, fargateDefinition, networkConfiguration } from './ecs-world.ts';

const targetGroup = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/api/0123456789abcdef';

const runFargate = async (
  world: EcsWorld,
  definition: Record<string, unknown> = {},
  container: Record<string, unknown> = {},
): Promise<string> => {
  const image = world.push('api', 'v1');
  await world.call('RegisterTaskDefinition', { ...fargateDefinition('api', image, container), ...definition });
  const { tasks } = await world.call<{ tasks: { taskArn: string }[] }>('RunTask', {
    cluster: 'spillway',
    taskDefinition: 'api',
    launchType: 'FARGATE',
    networkConfiguration,
  });
  return tasks[0]?.taskArn ?? '';
};

const describeTask = async (world: EcsWorld, taskArn: string): Promise<Record<string, unknown>> => {
  const { tasks } = await world.call<{ tasks: Record<string, unknown>[] }>('DescribeTasks', {
    cluster: 'spillway',
    tasks: [taskArn],
  });
  return tasks[0] ?? {};
};

describe('a slow start', () => {
  it('takes fargateSlowness times as long to provision and to pull, drawn once for each task', async () => {
    const drawn = [2, 1];
    const world = await ecsWorld({ fidelity: { fargateSlowness: () => drawn.shift() ?? 1 } });
    const [slow, usual] = [await runFargate(world), await runFargate(world)];
    await world.until(60);
    const seconds = async (arn: string): Promise<readonly number[]> => {
      const { createdAt, pullStartedAt, startedAt } = await describeTask(world, arn);
      const since = (time: unknown): number => (Number(time) - Number(createdAt)) / 1_000;
      return [since(pullStartedAt), since(startedAt)];
    };
    // 10 s to provision and 9 s to pull, and 1 s until it runs.
    expect(await seconds(slow)).toEqual([20, 39]);
    expect(await seconds(usual)).toEqual([10, 20]);
  });
});

describe('RunTask', () => {
  it('answers with the task as it begins, and its events count its versions', async () => {
    const world = await ecsWorld();
    const image = world.push('api', 'v1', { exits: { afterMs: 1000, code: 0 } });
    await world.call('RegisterTaskDefinition', fargateDefinition('api', image));
    const { tasks, failures } = await world.call<{ tasks: Record<string, unknown>[]; failures: unknown[] }>('RunTask', {
      cluster: 'spillway',
      taskDefinition: 'api',
      launchType: 'FARGATE',
      networkConfiguration,
      startedBy: 'a person',
    });
    expect(failures).toEqual([]);
    expect(tasks[0]).toMatchObject({
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      version: 1,
      group: 'family:api',
      startedBy: 'a person',
      attachments: [{ status: 'PRECREATED' }],
      containers: [{ lastStatus: 'PENDING' }],
      cpu: '256',
      memory: '512',
    });
    await world.until(60);
    // PROVISIONING 1, PENDING 2, RUNNING 3, DEPROVISIONING 4, STOPPED 5, as recorded in LocalStack's snapshot of 2024.
    expect(await describeTask(world, String(tasks[0]?.taskArn))).toMatchObject({
      lastStatus: 'STOPPED',
      version: 5,
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      attachments: [{ status: 'DELETED' }],
      containers: [{ exitCode: 0, lastStatus: 'STOPPED' }],
    });
    const [first] = world.events.filter(({ detailType }) => detailType === 'ECS Task State Change');
    expect(first?.detail).toMatchObject({
      createdAt: '1970-01-01T00:00:00.000Z',
      version: 1,
      launchType: 'FARGATE',
      attachments: [{ type: 'eni' }],
    });
    expect(JSON.stringify(first?.detail)).not.toContain('healthStatus');
  });

  it('takes at most ten, and says for each instance why what did not fit did not fit (api_failures_messages)', async () => {
    const world = await ecsWorld();
    const instance = world.ecs.registerExternalInstance({
      cluster: 'spillway',
      managedInstanceId: 'mi-1',
      cpuUnits: 600,
      memoryMiB: 4096,
    });
    await world.call('RegisterTaskDefinition', externalDefinition('worker', world.push('worker', 'v1')));
    const input = { cluster: 'spillway', taskDefinition: 'worker', launchType: 'EXTERNAL' };
    expect(await world.refusal('RunTask', { ...input, count: 11 })).toMatch(/^InvalidParameterException: /);
    const answer = await world.call<{ tasks: unknown[]; failures: unknown[] }>('RunTask', { ...input, count: 3 });
    expect(answer.tasks).toHaveLength(2);
    expect(answer.failures).toEqual([{ arn: instance, reason: 'RESOURCE:CPU' }]);
  });

  it('holds fixed host ports, one task to a port and machine', async () => {
    const world = await ecsWorld();
    world.ecs.registerExternalInstance({
      cluster: 'spillway',
      managedInstanceId: 'mi-1',
      cpuUnits: 4096,
      memoryMiB: 4096,
    });
    await world.call(
      'RegisterTaskDefinition',
      externalDefinition('worker', world.push('worker', 'v1'), { portMappings: [{ containerPort: 80, hostPort: 80 }] }),
    );
    const { tasks, failures } = await world.call<{ tasks: unknown[]; failures: { reason: string }[] }>('RunTask', {
      cluster: 'spillway',
      taskDefinition: 'worker',
      launchType: 'EXTERNAL',
      count: 2,
    });
    expect(tasks).toHaveLength(1);
    expect(failures[0]?.reason).toBe('RESOURCE:PORTS');
  });

  it('asks for the task definition, the cluster and the roles that are passed', async () => {
    const world = await ecsWorld();
    await runFargate(world, { taskRoleArn: 'arn:aws:iam::123456789012:role/task' });
    expect(world.asked.at(-1)).toEqual([
      {
        action: 'ecs:RunTask',
        resource: 'arn:aws:ecs:us-east-1:123456789012:task-definition/api:1',
        context: { 'ecs:cluster': 'arn:aws:ecs:us-east-1:123456789012:cluster/spillway' },
      },
      {
        action: 'iam:PassRole',
        resource: 'arn:aws:iam::123456789012:role/task',
        context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
      },
      {
        action: 'iam:PassRole',
        resource: 'arn:aws:iam::123456789012:role/execution',
        context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
      },
    ]);
  });
});

describe('what a container gets', () => {
  it('is its environment, its overrides, its secrets, and what ECS adds', async () => {
    const asked: string[] = [];
    const world = await ecsWorld({
      answer: (call: ApiCall) => {
        asked.push(`${call.service}:${call.action} ${call.caller.kind === 'role' ? call.caller.roleArn : ''}`);
        if (call.action === 'GetSecretValue') return { SecretString: '{"password":"hush"}' };
        if (call.action === 'GetParameters') return { Parameters: [{ Value: 'level 3' }] };
        return {};
      },
    });
    const image = world.push('api', 'v1');
    await world.call(
      'RegisterTaskDefinition',
      fargateDefinition('api', image, {
        environment: [
          { name: 'A', value: '1' },
          { name: 'B', value: '1' },
        ],
        secrets: [
          {
            name: 'PASSWORD',
            valueFrom: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf:password::',
          },
          { name: 'LEVEL', valueFrom: 'arn:aws:ssm:us-east-1:123456789012:parameter/app/level' },
        ],
        command: ['serve'],
      }),
    );
    await world.call('RunTask', {
      cluster: 'spillway',
      taskDefinition: 'api',
      launchType: 'FARGATE',
      networkConfiguration,
      overrides: {
        containerOverrides: [{ name: 'main', environment: [{ name: 'B', value: '2' }], command: ['probe'] }],
      },
    });
    await world.until(30);
    expect(world.containers[0]?.spec.containers[0]).toMatchObject({
      name: 'main',
      repository: 'api',
      command: ['probe'],
      containerPorts: [8080],
      environment: {
        A: '1',
        B: '2',
        PASSWORD: 'hush',
        LEVEL: 'level 3',
        AWS_REGION: 'us-east-1',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
      },
    });
    expect(asked).toEqual(
      ['secretsmanager:GetSecretValue', 'ssm:GetParameters', 'ecr:GetAuthorizationToken', 'ecr:BatchGetImage'].map(
        (action) => `${action} arn:aws:iam::123456789012:role/execution`,
      ),
    );
  });

  it.each([
    [
      'GetSecretValue',
      /^ResourceInitializationError: unable to pull secrets or registry auth: .* from asm: .*AccessDeniedException: no$/,
    ],
    ['BatchGetImage', /^CannotPullContainerError: .* 403 Forbidden: no$/],
    ['CreateLogStream', /^ResourceInitializationError: failed to validate logger args: .*AccessDeniedException: no$/],
  ])('is refused as AWS says when the execution role may not %s', async (denied, reason) => {
    const world = await ecsWorld({
      answer: (call) => {
        if (call.action === denied) throw new AwsError('AccessDeniedException', 'no');
        return { SecretString: 'x' };
      },
    });
    const taskArn = await runFargate(
      world,
      {},
      {
        secrets: [{ name: 'S', valueFrom: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf' }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': '/api', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'api' },
        },
      },
    );
    await world.until(60);
    const task = await describeTask(world, taskArn);
    expect(task).toMatchObject({ stopCode: 'TaskFailedToStart', lastStatus: 'STOPPED' });
    expect(task.stoppedReason).toMatch(reason);
    expect(world.containers).toEqual([]);
  });

  it('cannot start with a task role that ECS cannot assume', async () => {
    const world = await ecsWorld();
    const taskArn = await runFargate(world, { taskRoleArn: 'arn:aws:iam::123456789012:role/nobody' });
    await world.until(60);
    expect((await describeTask(world, taskArn)).stoppedReason).toMatch(
      /^ECS was unable to assume the role 'arn:aws:iam::123456789012:role\/nobody'/,
    );
  });

  it('cannot start where the runtime cannot start it', async () => {
    const world = await ecsWorld();
    world.ecs.registerExternalInstance({
      cluster: 'spillway',
      managedInstanceId: 'mi-1',
      cpuUnits: 1024,
      memoryMiB: 1024,
    });
    const image = world.push('worker', 'v1', {
      failsToStart: { name: 'CannotStartContainerError', message: 'no such executable' },
    });
    await world.call('RegisterTaskDefinition', externalDefinition('worker', image));
    const { tasks } = await world.call<{ tasks: { taskArn: string }[] }>('RunTask', {
      cluster: 'spillway',
      taskDefinition: 'worker',
      launchType: 'EXTERNAL',
    });
    await world.until(10);
    expect(await describeTask(world, tasks[0]?.taskArn ?? '')).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotStartContainerError: no such executable',
    });
  });
});

describe('StopTask', () => {
  it('gives the containers their stop timeout before SIGKILL (ContainerDefinition.stopTimeout)', async () => {
    const world = await ecsWorld();
    world.ecs.registerExternalInstance({
      cluster: 'spillway',
      managedInstanceId: 'mi-1',
      cpuUnits: 1024,
      memoryMiB: 1024,
    });
    const image = world.push('worker', 'v1', { stopsAfterMs: 600_000 });
    await world.call('RegisterTaskDefinition', externalDefinition('worker', image, { stopTimeout: 90 }));
    const { tasks } = await world.call<{ tasks: { taskArn: string }[] }>('RunTask', {
      cluster: 'spillway',
      taskDefinition: 'worker',
      launchType: 'EXTERNAL',
    });
    const taskArn = tasks[0]?.taskArn ?? '';
    await world.until(10);
    await world.call('StopTask', { cluster: 'spillway', task: taskArn, reason: 'enough' });
    await world.until(99.9);
    expect(await describeTask(world, taskArn)).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED' });
    await world.until(100);
    expect(await describeTask(world, taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
      containers: [{ exitCode: 137 }],
    });
    // A stopped task can be described for an hour.
    await world.until(3800);
    const { failures } = await world.call<{ failures: unknown[] }>('DescribeTasks', {
      cluster: 'spillway',
      tasks: [taskArn],
    });
    expect(failures).toEqual([{ arn: taskArn, reason: 'MISSING' }]);
  });
});

describe('a service behind a load balancer', () => {
  const behind = async (more: Record<string, unknown> = {}): Promise<EcsWorld> => {
    const world = await ecsWorld();
    await world.call('RegisterTaskDefinition', fargateDefinition('api', world.push('api', 'v1')));
    await world.call('CreateService', {
      cluster: 'spillway',
      serviceName: 'api',
      taskDefinition: 'api',
      launchType: 'FARGATE',
      desiredCount: 1,
      networkConfiguration,
      loadBalancers: [{ targetGroupArn: targetGroup, containerName: 'main', containerPort: 8080 }],
      ...more,
    });
    await world.until(30);
    return world;
  };
  const targetIds = (world: EcsWorld): string[] => [...world.targets.keys()].map((key) => key.split(' ')[1] ?? '');

  it('is done when the target is healthy, not before', async () => {
    const world = await behind();
    await world.until(600);
    expect((await world.primary('api')).rolloutState).toBe('IN_PROGRESS');
    world.setHealth(targetGroup, targetIds(world)[0] ?? '', 'healthy');
    await world.until(602);
    expect((await world.primary('api')).rolloutState).toBe('COMPLETED');
  });

  it('loses a task that the load balancer calls unhealthy, once its grace is over (UpdateService.healthCheckGracePeriodSeconds)', async () => {
    const world = await behind({ healthCheckGracePeriodSeconds: 300 });
    const [target = ''] = targetIds(world);
    world.setHealth(targetGroup, target, 'unhealthy');
    // RUNNING at 22 s.
    await world.until(321);
    expect((await world.primary('api')).failedTasks).toBe(0);
    await world.until(325);
    expect((await world.primary('api')).failedTasks).toBe(1);
    await world.until(360);
    world.setHealth(targetGroup, targetIds(world).find((id) => id !== target) ?? '', 'healthy');
    await world.until(365);
    const [stopped] = await world.tasks('api', 'STOPPED');
    expect(stopped?.stoppedReason).toBe(`Task failed ELB health checks in (target-group ${targetGroup})`);
  });

  it('takes a task out of the target group before its containers learn of the stop', async () => {
    const world = await behind();
    await world.call('UpdateService', { cluster: 'spillway', service: 'api', desiredCount: 0 });
    await world.until(33);
    expect(world.told('ECS Task State Change').slice(3)).toEqual([
      '32 DEACTIVATING to STOPPED',
      '32 STOPPING to STOPPED',
      '32.1 DEPROVISIONING to STOPPED',
    ]);
    expect(world.targets.size).toBe(0);
  });
});

describe('ListTasks', () => {
  it('filters by service, family, starter, launch type and desired status', async () => {
    const world = await ecsWorld();
    const taskArn = await runFargate(world);
    await world.call('CreateService', {
      cluster: 'spillway',
      serviceName: 'api',
      taskDefinition: 'api',
      launchType: 'FARGATE',
      desiredCount: 2,
      networkConfiguration,
    });
    await world.until(40);
    const list = async (filter: Record<string, unknown>): Promise<string[]> =>
      (await world.call<{ taskArns: string[] }>('ListTasks', { cluster: 'spillway', ...filter })).taskArns;
    expect(await list({})).toHaveLength(3);
    expect(await list({ serviceName: 'api' })).toHaveLength(2);
    expect(await list({ family: 'api' })).toHaveLength(3);
    expect(await list({ startedBy: (await world.primary('api')).id })).toHaveLength(2);
    expect(await list({ launchType: 'EXTERNAL' })).toEqual([]);
    expect(await list({ desiredStatus: 'STOPPED' })).toEqual([]);
    await world.call('StopTask', { cluster: 'spillway', task: taskArn });
    expect(await list({ desiredStatus: 'STOPPED' })).toEqual([taskArn]);
    const first = await world.call<{ taskArns: string[]; nextToken: string }>('ListTasks', {
      cluster: 'spillway',
      maxResults: 1,
    });
    const second = await world.call<{ taskArns: string[]; nextToken?: string }>('ListTasks', {
      cluster: 'spillway',
      maxResults: 1,
      nextToken: first.nextToken,
    });
    expect(second.nextToken).toBeUndefined();
    expect(second.taskArns).not.toEqual(first.taskArns);
    expect(await world.refusal('ListTasks', { cluster: 'spillway', serviceName: 'nobody' })).toBe(
      'ServiceNotFoundException: Service not found.',
    );
  });
});

describe('task protection (task-scale-in-protection)', () => {
  it('keeps a task through a scale-in until it expires', async () => {
    const world = await ecsWorld();
    await world.call('RegisterTaskDefinition', fargateDefinition('api', world.push('api', 'v1')));
    await world.call('CreateService', {
      cluster: 'spillway',
      serviceName: 'api',
      taskDefinition: 'api',
      launchType: 'FARGATE',
      desiredCount: 2,
      networkConfiguration,
    });
    await world.until(100);
    const tasks = (await world.tasks('api')).map(({ taskArn }) => taskArn ?? '');
    await world.call('UpdateTaskProtection', {
      cluster: 'spillway',
      tasks: [tasks[1]],
      protectionEnabled: true,
      expiresInMinutes: 10,
    });
    await world.call('UpdateService', { cluster: 'spillway', service: 'api', desiredCount: 0 });
    await world.until(699);
    expect((await world.tasks('api')).map(({ taskArn }) => taskArn)).toEqual([tasks[1]]);
    await world.until(710);
    expect(await world.tasks('api')).toEqual([]);
  });
});

describe('RunTask with a client token (ECS_Idempotency)', () => {
  const probe = { cluster: 'spillway', taskDefinition: 'api', launchType: 'FARGATE', networkConfiguration };

  it('starts its tasks once, answers them again, and refuses other parameters with ConflictException', async () => {
    const world = await ecsWorld();
    await world.call('RegisterTaskDefinition', fargateDefinition('api', world.push('api', 'v1')));
    const request = {
      ...probe,
      clientToken: 'probe-1',
      startedBy: 'rollout-1',
      overrides: { containerOverrides: [{ name: 'main', environment: [{ name: 'PROBE', value: '1' }] }] },
    };
    const first = await world.call<{ tasks: { taskArn: string }[] }>('RunTask', request);
    await world.until(30);
    const again = await world.call<{ tasks: { taskArn: string; lastStatus: string }[] }>('RunTask', request);
    expect(again.tasks).toMatchObject([{ taskArn: first.tasks[0]?.taskArn, lastStatus: 'RUNNING' }]);
    expect(world.containers).toHaveLength(1);
    expect(world.containers[0]?.spec.containers[0]?.environment.PROBE).toBe('1');
    expect(await world.refusal('RunTask', { ...request, count: 2 })).toMatch(/^ConflictException/);
    // The token is kept for 24 hours.
    await world.until(30 + 86_400);
    await world.call('RunTask', request);
    await world.until(60 + 86_400);
    expect(world.containers).toHaveLength(2);
  });
});

describe('an instance that lacks what a task definition needs', () => {
  it.each([
    ['an architecture', { runtimePlatform: { cpuArchitecture: 'ARM64' } }, {}, 'ATTRIBUTE'],
    [
      'an operating system',
      { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } },
      {},
      'ATTRIBUTE',
    ],
    ['a log driver that its agent does not offer', {}, { logConfiguration: { logDriver: 'splunk' } }, 'ATTRIBUTE'],
    [
      'a port that the host keeps for itself',
      {},
      { portMappings: [{ containerPort: 22, hostPort: 22 }] },
      'RESOURCE:PORTS',
    ],
    ['CPU units', {}, { cpu: 2048 }, 'RESOURCE:CPU'],
    ['memory', {}, { memory: 8192 }, 'RESOURCE:MEMORY'],
  ])('is refused for %s (api_failures_messages)', async (_what, definition, container, reason) => {
    const world = await ecsWorld();
    world.ecs.registerExternalInstance({
      cluster: 'spillway',
      managedInstanceId: 'mi-1',
      cpuUnits: 1024,
      memoryMiB: 4096,
    });
    await world.call('RegisterTaskDefinition', {
      ...externalDefinition('worker', world.push('worker', 'v1'), container),
      ...definition,
    });
    const { failures } = await world.call<{ failures: { reason: string }[] }>('RunTask', {
      cluster: 'spillway',
      taskDefinition: 'worker',
      launchType: 'EXTERNAL',
    });
    expect(failures.map((failure) => failure.reason)).toEqual([reason]);
  });
});
