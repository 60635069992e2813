import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { resolveImage } from './ecr.ts';
import {
  type DescribedTwin,
  describeTwins,
  failureOf,
  readMachines,
  readRunningTasks,
  readSpotTasks,
  readStopped,
  readUnreachable,
} from './ecs.ts';
import { changesBetween, changeTwin, createTwin, readProperties, unknownProperties } from './ecs-service.ts';
import { tell } from './events.ts';
import { readFit } from './external-fit.ts';
import { fakeClient, fakeDynamoDb, namedError, raise, type SentCall } from './fake-clients.ts';
import { readLoadReports } from './load-reports.ts';
import { endTask, executionName, executionRuns, startOnce } from './sfn.ts';
import { changeItem, deleteItem, readItem, type TableClient, writeItem } from './table.ts';
import { deriveTaskDefinition, taskNeedOf } from './task-definition.ts';

describe('a twin that ECS rolls back by itself', () => {
  const breaker = 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.';
  const rollingBack = async (rolloutState: string, rolloutStateReason: string, otherSecond?: number) => {
    const at = (second: number): Date => new Date(Date.UTC(2026, 10, 23, 12, 0, second));
    const primary = { id: 'ecs-svc/1', status: 'PRIMARY', createdAt: at(10), rolloutState, rolloutStateReason };
    const other = { id: 'ecs-svc/2', status: 'ACTIVE', createdAt: at(otherSecond ?? 0), rolloutState: 'FAILED' };
    const service = {
      serviceName: 'shop-fargate',
      status: 'ACTIVE',
      deployments: otherSecond === undefined ? [primary] : [other, primary],
    };
    const client = fakeClient({ DescribeServices: () => ({ services: [service] }) });
    return (await describeTwins({ client, cluster: 'spillway' }, ['shop-fargate'])).get('shop-fargate')?.rollingBack;
  };

  it('is told by the words of its primary deployment while that is in progress, not afterwards', async () => {
    expect(await rollingBack('IN_PROGRESS', breaker)).toEqual({ from: undefined, reason: breaker });
    expect(await rollingBack('COMPLETED', breaker)).toBeUndefined();
    expect(await rollingBack('FAILED', breaker)).toBeUndefined();
    expect(await rollingBack('IN_PROGRESS', 'ECS deployment ecs-svc/1 in progress.')).toBeUndefined();
  });

  it('is told whatever the words by a deployment that is newer than the primary one', async () => {
    const words = 'Service deployment was stopped by a user.';
    expect(await rollingBack('IN_PROGRESS', words, 11)).toEqual({ from: 'ecs-svc/2', reason: words });
    expect(await rollingBack('IN_PROGRESS', words, 10)).toBeUndefined();
    expect(await rollingBack('IN_PROGRESS', words, 9)).toBeUndefined();
  });
});

describe('when ECS started tasks of a twin and told some to stop', () => {
  it('is told by its messages, of any deployment, and by id of the primary one', async () => {
    const at = (second: number): Date => new Date(Date.UTC(2026, 10, 23, 12, 0, second));
    const event = (second: number, words: string) => ({ createdAt: at(second), message: `(service x) has ${words}.` });
    const service = {
      serviceName: 'shop-fargate',
      status: 'ACTIVE',
      deployments: [{ id: 'ecs-svc/1', status: 'PRIMARY', createdAt: at(10) }],
      events: [
        event(30, 'stopped 3 running tasks: (task a) (task y) (task c)'),
        event(20, 'reached a steady state'),
        event(10, 'started 3 tasks: (task c) (task d) (task e)'),
        event(9, 'started 2 tasks: (task a) (task b)'),
        event(8, 'stopped 1 running tasks: (task z)'),
      ],
    };
    const client = fakeClient({ DescribeServices: () => ({ services: [service] }) });
    const twin = (await describeTwins({ client, cluster: 'spillway' }, ['shop-fargate'])).get('shop-fargate');
    expect(twin?.starts).toEqual([
      { atMs: at(10).getTime(), tasks: 3 },
      { atMs: at(9).getTime(), tasks: 2 },
    ]);
    expect(twin?.startedTasks).toEqual(['c', 'd', 'e']);
    expect(twin?.stops).toEqual([
      { atMs: at(30).getTime(), tasks: 1, startedMs: at(9).getTime() },
      { atMs: at(30).getTime(), tasks: 1, startedMs: at(10).getTime() },
      { atMs: at(30).getTime(), tasks: 1 },
      { atMs: at(8).getTime(), tasks: 1 },
    ]);
  });
});

describe('tasks that ECS has told to stop', () => {
  const cluster = 'arn:aws:ecs:us-east-1:123456789012:container-instance/spillway';
  const unreachable = (tasks: readonly { readonly lastStatus: string; readonly containerInstanceArn?: string }[]) => {
    const client = fakeClient({
      ListTasks: ({ desiredStatus }) => ({
        taskArns: desiredStatus === 'STOPPED' ? tasks.map((_, i) => `t/${i}`) : [],
      }),
      DescribeTasks: () => ({ tasks }),
    });
    return readUnreachable({ client, cluster: 'spillway' }, 'shop-external', [`${cluster}/a`, `${cluster}/b`]);
  };
  const on = (machine: string, lastStatus = 'RUNNING') => ({
    lastStatus,
    containerInstanceArn: `${cluster}/${machine}`,
  });

  it('cannot be reached where each of them is on a machine that does not answer', async () => {
    expect(await unreachable([on('d'), on('c', 'STOPPING'), on('c'), on('a', 'STOPPED')])).toEqual({
      tasks: 3,
      machines: ['c', 'd'],
    });
  });

  it('are waited for where any is on a machine that answers, and none are left where all have stopped', async () => {
    expect(await unreachable([on('c'), on('b')])).toBeUndefined();
    expect(await unreachable([on('c', 'STOPPED')])).toBeUndefined();
    expect(await unreachable([])).toBeUndefined();
  });
});

describe('the fit of a release whose running tasks are of a size that nobody knows', () => {
  const running = {
    twin: 'shop-external',
    desiredCount: 2,
    runningCount: 2,
    pendingCount: 0,
    percents: { minimumHealthyPercent: 50, maximumPercent: 150 },
    primary: { taskDefinition: 'arn:shop:1' },
  } as DescribedTwin;
  const task = { cpuUnits: 512, memoryMiB: 1_024, hostPorts: [], architecture: 'x86_64' };
  const machine = {
    name: 'mi-1',
    connected: true,
    architecture: 'x86_64',
    freeCpuUnits: 512,
    freeMemoryMiB: 1_024,
    usedCpuUnits: 1_024,
    usedMemoryMiB: 2_048,
    takenPorts: [],
  };
  const plan = { twin: 'shop-external', capacity: 'external', baseTasks: 2 } as const;
  const look = async (observed: DescribedTwin, freeCpuUnits: number) => {
    const sent: SentCall[] = [];
    const containerDefinitions = [{ name: 'shop', cpu: 512, memory: 1_024 }];
    const client = fakeClient({ DescribeTaskDefinition: () => ({ taskDefinition: { containerDefinitions } }) }, sent);
    const machines = [{ ...machine, freeCpuUnits }];
    const { kind } = await readFit({ client, cluster: 'spillway' }, { plan, observed, task, old: undefined, machines });
    return { kind, read: sent.map(({ input }) => input.taskDefinition) };
  };

  it('is asked for only where one of them has to stop first', async () => {
    expect(await look(running, 512)).toEqual({ kind: 'fits', read: [] });
    expect(await look(running, 511)).toEqual({ kind: 'fits', read: ['arn:shop:1'] });
  });

  it('needs none to be known where none runs, or none is to', async () => {
    expect(await look({ ...running, runningCount: 0 }, 511)).toEqual({ kind: 'no-fit', read: [] });
    expect(await look({ ...running, runningCount: 0, pendingCount: 1 }, 511)).toEqual({
      kind: 'fits',
      read: ['arn:shop:1'],
    });
    expect(await look({ ...running, desiredCount: 0 }, 0)).toEqual({ kind: 'fits', read: [] });
  });
});

describe('a task beside the service of a twin', () => {
  const launch = async (service: object) => {
    const client = fakeClient({
      DescribeServices: () => ({ services: [{ serviceName: 'shop-fargate', ...service }] }),
    });
    return (await describeTwins({ client, cluster: 'spillway' }, ['shop-fargate'])).get('shop-fargate')?.launch;
  };

  it('is started as those of the twin are, but on demand where the twin has a Spot share', async () => {
    const platformVersion = '1.4.0';
    expect(await launch({ launchType: 'EXTERNAL' })).toEqual({ launchType: 'EXTERNAL' });
    expect(await launch({ launchType: 'FARGATE', capacityProviderStrategy: [], platformVersion })).toEqual({
      launchType: 'FARGATE',
      platformVersion,
    });
    const onDemand = [{ capacityProvider: 'FARGATE', base: 0, weight: 1 }];
    expect(await launch({ capacityProviderStrategy: onDemand })).toEqual({ capacityProviderStrategy: onDemand });
    const shared = [...onDemand, { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 }];
    expect(await launch({ capacityProviderStrategy: shared, platformVersion })).toEqual({
      launchType: 'FARGATE',
      platformVersion,
    });
  });
});

describe('the running tasks of twins', () => {
  const at = (second: number): Date => new Date(Date.UTC(2026, 10, 23, 12, 0, second));
  const started = (second: number, ids: readonly string[], tasks = ids.length) => ({
    createdAt: at(second),
    message: `(service shop-fargate) has started ${tasks} tasks: ${ids.map((id) => `(task ${id})`).join(' ')}.`,
  });
  const primary = { status: 'PRIMARY', createdAt: at(10) };
  const steady = { createdAt: at(20), message: '(service shop-fargate) has reached a steady state.' };

  /** @returns the ids that were read, and the calls that it took */
  const read = async (service: object, running: readonly string[], twin = 'shop-fargate') => {
    const sent: SentCall[] = [];
    const client = fakeClient(
      {
        DescribeServices: () => ({ services: [{ serviceName: twin, deployments: [primary], ...service }] }),
        ListTasks: () => ({ taskArns: running }),
        DescribeTasks: ({ tasks }) => ({
          tasks: (tasks as unknown as readonly string[]).map((taskArn) => ({
            taskArn,
            group: `service:${twin}`,
            lastStatus: running.includes(taskArn) ? 'RUNNING' : 'STOPPED',
          })),
        }),
      },
      sent,
    );
    const ecs = { client, cluster: 'spillway' };
    const tasks = await readRunningTasks(ecs, [...(await describeTwins(ecs, [twin])).values()]);
    return { ids: tasks.get(twin)?.map(({ taskArn }) => taskArn), calls: sent.slice(1).map(({ name }) => name) };
  };

  it('are not listed where ECS has told of each that runs', async () => {
    const events = [steady, started(12, ['c']), started(10, ['a', 'b']), started(9, ['old'])];
    expect(await read({ runningCount: 3, events }, ['a', 'b', 'c'])).toEqual({
      ids: ['c', 'a', 'b'],
      calls: ['DescribeTasks'],
    });
  });

  it.each([
    ['fewer starts than tasks run', { runningCount: 3, events: [started(10, ['a', 'b'])] }],
    ['more starts than tasks run', { runningCount: 2, events: [started(10, ['a', 'b', 'c'])] }],
    ['starts before its deployment began', { runningCount: 3, events: [started(9, ['a', 'b', 'c'])] }],
    ['starts without every id', { runningCount: 3, events: [started(10, ['a', 'b'], 3)] }],
    ['no start', { runningCount: 3, events: [steady] }],
  ])('are listed where ECS has told of %s', async (_, service) => {
    expect(await read(service, ['a', 'b', 'c'])).toEqual({
      ids: ['a', 'b', 'c'],
      calls: ['ListTasks', 'DescribeTasks'],
    });
  });

  it('are listed after all where one that ECS told of has stopped', async () => {
    expect(await read({ runningCount: 2, events: [started(10, ['a', 'b'])] }, ['a', 'c'])).toEqual({
      ids: ['a', 'c'],
      calls: ['DescribeTasks', 'ListTasks', 'DescribeTasks'],
    });
  });

  it('are listed where only the name of a twin is known', async () => {
    const sent: SentCall[] = [];
    const answers = { ListTasks: () => ({ taskArns: [] }) };
    expect(
      await readRunningTasks({ client: fakeClient(answers, sent), cluster: 'spillway' }, [{ twin: 'shop' }]),
    ).toEqual(new Map([['shop', []]]));
    expect(sent).toHaveLength(1);
  });
});

describe('what has stopped of a twin', () => {
  it('is told of its deployments alone, since a time, with how long each has run and whether the release answers for it', async () => {
    const at = (second: number): Date => new Date(Date.UTC(2026, 10, 23, 12, 0, second));
    const crashed = {
      startedBy: 'ecs-svc/2',
      lastStatus: 'STOPPED',
      startedAt: at(10),
      executionStoppedAt: at(35),
      stoppedAt: at(50),
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'app', exitCode: 1 }],
    };
    const tasks = [
      crashed,
      // Its containers are gone, and its network interface not yet.
      {
        ...crashed,
        lastStatus: 'DEPROVISIONING',
        executionStoppedAt: undefined,
        stoppedAt: undefined,
        stoppingAt: at(36),
      },
      { startedBy: 'ecs-svc/3', lastStatus: 'STOPPED', stoppedAt: at(40), stopCode: 'UserInitiated' },
      { ...crashed, startedBy: 'ecs-svc/1' },
      { ...crashed, lastStatus: 'STOPPING' },
      { ...crashed, executionStoppedAt: at(19) },
    ];
    const answers = {
      ListTasks: () => ({ taskArns: tasks.map((_, index) => `arn:task/${index}`) }),
      DescribeTasks: () => ({ tasks }),
    };
    const sent: SentCall[] = [];
    const ecs = { client: fakeClient(answers, sent), cluster: 'spillway' };
    const failure = {
      cause: 'crash-after-start',
      reason: 'Essential container in task exited; app exited with 1',
      mendable: true,
    };
    const sinceMs = at(20).getTime();
    expect(await readStopped(ecs, 'shop-fargate', ['ecs-svc/2', 'ecs-svc/3'], sinceMs)).toEqual([
      { startedAtMs: at(10).getTime(), stoppedAtMs: at(35).getTime(), failure },
      { startedAtMs: at(10).getTime(), stoppedAtMs: at(36).getTime(), failure },
      { startedAtMs: undefined, stoppedAtMs: at(40).getTime(), failure: undefined },
    ]);
    expect(sent.map(({ name }) => name)).toEqual(['ListTasks', 'DescribeTasks']);
  });
});

describe('the tasks of a twin on Spot', () => {
  it('are those of that provider that are not over, and AWS took back those that it interrupted', async () => {
    const at = (second: number): Date => new Date(Date.UTC(2026, 10, 23, 12, 0, second));
    const spot = { taskArn: 'arn:task/spillway/a', capacityProviderName: 'FARGATE_SPOT', stoppingAt: at(5) };
    const tasks = [
      { capacityProviderName: 'FARGATE', lastStatus: 'RUNNING' },
      { ...spot, lastStatus: 'PROVISIONING' },
      // Warned, and still at work.
      { ...spot, lastStatus: 'RUNNING', stopCode: 'SpotInterruption' },
      {
        ...spot,
        taskArn: 'arn:task/spillway/b',
        lastStatus: 'DEPROVISIONING',
        stopCode: 'SpotInterruption',
        stoppingAt: at(3),
      },
      { ...spot, lastStatus: 'STOPPED', stopCode: 'ServiceSchedulerInitiated' },
      { ...spot, lastStatus: 'STOPPED', stopCode: 'SpotInterruption', stoppingAt: undefined },
      { capacityProviderName: 'FARGATE', lastStatus: 'STOPPED', stopCode: 'SpotInterruption', stoppingAt: at(4) },
    ];
    const sent: SentCall[] = [];
    const client = fakeClient(
      {
        ListTasks: ({ desiredStatus }) => ({ taskArns: desiredStatus === 'RUNNING' ? ['a', 'b'] : ['b', 'c'] }),
        DescribeTasks: () => ({ tasks }),
      },
      sent,
    );
    expect(await readSpotTasks({ client, cluster: 'spillway' }, 'shop-fargate')).toEqual({
      tasks: 2,
      takenBack: [
        { task: 'a', atMs: at(5).getTime() },
        { task: 'b', atMs: at(3).getTime() },
      ],
    });
    // Warned between the two calls, b is in both lists.
    expect(sent.at(-1)?.input).toEqual({ cluster: 'spillway', tasks: ['a', 'b', 'c'] });
  });
});

describe('a stopped task', () => {
  const stopped = (
    stopCode: string,
    stoppedReason: string,
    containers: Parameters<typeof failureOf>[0]['containers'] = [],
  ) => failureOf({ stopCode, stoppedReason, containers });

  it('that could not pull is a pull failure, which no retry mends when the image is not there', () => {
    expect(stopped('TaskFailedToStart', 'CannotPullContainerError: pull access denied')).toMatchObject({
      cause: 'pull-failure',
      mendable: true,
    });
    expect(
      stopped('TaskFailedToStart', 'CannotPullContainerError: failed to resolve ref: sha256:1: not found'),
    ).toMatchObject({ cause: 'pull-failure', mendable: false });
  });

  it('that could not start otherwise is a failed start', () => {
    expect(stopped('TaskFailedToStart', 'ResourceInitializationError: no secret')).toMatchObject({
      cause: 'failed-to-start',
      mendable: true,
    });
  });

  it('whose container ended by itself crashed after its start', () => {
    const failure = stopped('EssentialContainerExited', 'Essential container in task exited', [
      { name: 'shop', exitCode: 137 },
    ]);
    expect(failure).toEqual({
      cause: 'crash-after-start',
      mendable: true,
      reason: 'Essential container in task exited; shop exited with 137',
    });
  });

  it('that ECS stopped for its health is unhealthy', () => {
    expect(stopped('ServiceSchedulerInitiated', 'Task failed container health checks')?.cause).toBe('unhealthy');
    expect(stopped('ServiceSchedulerInitiated', 'Task failed ELB health checks in (target-group x)')?.cause).toBe(
      'unhealthy',
    );
  });

  it.each([
    ['ServiceSchedulerInitiated', 'Scaling activity initiated by deployment ecs-svc/1'],
    ['UserInitiated', 'stopped by hand'],
    ['SpotInterruption', 'Your Spot Task was interrupted.'],
    ['TerminationNotice', 'Host is going away'],
  ])('stopped as %s is no fault of the release', (stopCode, reason) => {
    expect(stopped(stopCode, reason)).toBeUndefined();
  });
});

describe('the task definition of a release', () => {
  const image = {
    service: 'shop',
    repository: 'shop',
    digest: 'sha256:new',
    hosts: ['own.example', 'own.example:5000'],
  };
  const blueprint = {
    family: 'shop-fargate-template',
    taskDefinitionArn: 'arn:shop-fargate-template:3',
    revision: 3,
    status: 'ACTIVE',
    registeredBy: 'someone',
    requiresAttributes: [{ name: 'x' }],
    compatibilities: ['FARGATE'],
    cpu: '256',
    networkMode: 'awsvpc',
    fieldOfTomorrow: { kept: true },
    containerDefinitions: [
      { name: 'proxy', image: 'envoy:1', essential: true },
      {
        name: 'shop',
        image: 'own.example:5000/shop:placeholder',
        environment: [{ name: 'A', value: 'b' }],
        essential: true,
      },
    ],
  } as unknown as TaskDefinition;

  it('has the digest pinned in its own container, by the host that it names of the registry, and everything else as it was', () => {
    expect(deriveTaskDefinition(blueprint, 'shop-fargate', image)).toEqual({
      family: 'shop-fargate',
      cpu: '256',
      networkMode: 'awsvpc',
      fieldOfTomorrow: { kept: true },
      containerDefinitions: [
        { name: 'proxy', image: 'envoy:1', essential: true },
        {
          name: 'shop',
          image: 'own.example:5000/shop@sha256:new',
          environment: [{ name: 'A', value: 'b' }],
          essential: true,
        },
      ],
    });
  });

  it('takes the container from the repository when none has the name', () => {
    const other = {
      containerDefinitions: [
        { name: 'log', image: 'log:1' },
        { name: 'app', image: 'own.example/shop@sha256:old' },
      ],
    };
    expect(deriveTaskDefinition(other, 'shop-fargate', image)?.containerDefinitions?.[1]?.image).toBe(
      'own.example/shop@sha256:new',
    );
  });

  it('takes the only essential container of an adopted service, and names the repository in full', () => {
    const adopted = {
      containerDefinitions: [
        { name: 'log', image: 'log:1', essential: false },
        { name: 'app', image: 'legacy:1' },
      ],
    };
    expect(deriveTaskDefinition(adopted, 'shop-fargate', image)?.containerDefinitions?.[1]?.image).toBe(
      'own.example/shop@sha256:new',
    );
  });

  it.each([
    ['shop:1', 'own.example'],
    ['other.example/shop:1', 'own.example'],
    ['own.example:5001/shop@sha256:old', 'own.example'],
    ['own.example.com/shop', 'own.example'],
    ['own.example:5000/team/shop:1', 'own.example:5000'],
  ])('pins in the registry of the release what ran as %s', (old, host) => {
    const containerDefinitions = [{ name: 'shop', image: old }];
    const request = deriveTaskDefinition({ containerDefinitions }, 'shop-fargate', image);
    expect(request?.containerDefinitions?.[0]?.image).toBe(`${host}/shop@sha256:new`);
  });

  it('is none when no container can be told to be the service', () => {
    const two = {
      containerDefinitions: [
        { name: 'a', image: 'a:1' },
        { name: 'b', image: 'b:1' },
      ],
    };
    expect(deriveTaskDefinition(two, 'shop-fargate', image)).toBeUndefined();
  });
});

describe('what a task takes of a machine', () => {
  const container = { name: 'shop', cpu: 256, memory: 512 };

  it('is its own size where it has one, else the sum of its containers, of which a reservation counts', () => {
    const containerDefinitions = [container, { ...container, memoryReservation: 128 }];
    expect(taskNeedOf({ cpu: '1024', memory: '2048', containerDefinitions })).toMatchObject({
      cpuUnits: 1024,
      memoryMiB: 2048,
    });
    expect(taskNeedOf({ cpu: '.5 vCPU', memory: '1 GB' })).toMatchObject({ cpuUnits: 512, memoryMiB: 1024 });
    expect(taskNeedOf({ containerDefinitions })).toMatchObject({ cpuUnits: 512, memoryMiB: 640 });
  });

  it('is a fixed host port, and the container port itself in host mode', () => {
    const containerDefinitions = [
      {
        portMappings: [
          { containerPort: 80, hostPort: 0 },
          { containerPort: 81 },
          { containerPort: 53, hostPort: 5353, protocol: 'udp' as const },
        ],
      },
    ];
    expect(taskNeedOf({ networkMode: 'bridge', containerDefinitions }).hostPorts).toEqual(['5353/udp']);
    const host = [{ portMappings: [{ containerPort: 81 }] }];
    expect(taskNeedOf({ networkMode: 'host', containerDefinitions: host }).hostPorts).toEqual(['81/tcp']);
  });

  it('is x86_64 unless the task definition says otherwise', () => {
    expect(taskNeedOf({}).architecture).toBe('x86_64');
    expect(taskNeedOf({ runtimePlatform: { cpuArchitecture: 'ARM64' } }).architecture).toBe('arm64');
  });
});

describe('the machines of a twin', () => {
  it('are the external ones that its constraints allow, with what is free and what is taken', async () => {
    const sent: SentCall[] = [];
    const resources = (cpu: number, memory: number, ports: readonly string[]) => [
      { name: 'CPU', integerValue: cpu },
      { name: 'MEMORY', integerValue: memory },
      { name: 'PORTS', stringSetValue: ports },
      { name: 'PORTS_UDP', stringSetValue: ['53'] },
    ];
    const machine = {
      ec2InstanceId: 'mi-1',
      agentConnected: true,
      attributes: [{ name: 'ecs.cpu-architecture', value: 'arm64' }],
      registeredResources: resources(1024, 2048, []),
      remainingResources: resources(512, 1024, ['22']),
    };
    const client = fakeClient(
      {
        ListContainerInstances: () => ({ containerInstanceArns: ['a', 'b'] }),
        DescribeContainerInstances: () => ({ containerInstances: [machine, { ...machine, ec2InstanceId: 'i-1' }] }),
      },
      sent,
    );
    const placementConstraints = [{ type: 'memberOf', expression: 'attribute:site == dc1' }];
    const twin = { launch: { placementConstraints } } as unknown as DescribedTwin;
    expect(await readMachines({ client, cluster: 'spillway' }, twin)).toEqual([
      {
        name: 'mi-1',
        connected: true,
        architecture: 'arm64',
        freeCpuUnits: 512,
        freeMemoryMiB: 1024,
        usedCpuUnits: 512,
        usedMemoryMiB: 1024,
        takenPorts: ['22/tcp', '53/udp'],
      },
    ]);
    expect(sent[0]?.input).toMatchObject({ status: 'ACTIVE', filter: 'attribute:site == dc1' });
  });
});

describe('an image', () => {
  const found = (manifest: object, type: string) => ({
    images: [
      {
        registryId: '1',
        imageId: { imageDigest: 'sha256:top' },
        imageManifest: JSON.stringify(manifest),
        imageManifestMediaType: type,
      },
    ],
  });
  const index = 'application/vnd.oci.image.index.v1+json';
  const child = (architecture: string) => ({
    digest: `sha256:${architecture}`,
    platform: { os: 'linux', architecture },
  });

  it('is found with its digest', async () => {
    const ecr = fakeClient({ BatchGetImage: () => found({}, 'application/vnd.oci.image.manifest.v1+json') });
    expect(await resolveImage(ecr, { repository: 'shop', tag: 'v1' })).toEqual({
      kind: 'found',
      digest: 'sha256:top',
      registryId: '1',
      platformDigest: undefined,
    });
  });

  it('that is an index has a child for linux/amd64, or no use', async () => {
    const two = fakeClient({ BatchGetImage: () => found({ manifests: [child('arm64'), child('amd64')] }, index) });
    expect(await resolveImage(two, { repository: 'shop', tag: 'v1' })).toMatchObject({
      digest: 'sha256:top',
      platformDigest: 'sha256:amd64',
    });
    const arm = fakeClient({ BatchGetImage: () => found({ manifests: [child('arm64')] }, index) });
    expect(await resolveImage(arm, { repository: 'shop', tag: 'v1' })).toEqual({ kind: 'no-platform' });
  });

  it('is missing without its tag or without its repository', async () => {
    const untagged = fakeClient({
      BatchGetImage: () => ({
        images: [],
        failures: [{ failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }],
      }),
    });
    expect(await resolveImage(untagged, { repository: 'shop', tag: 'v1' })).toEqual({
      kind: 'missing',
      reason: 'Requested image not found',
    });
    const none = fakeClient({ BatchGetImage: raise(namedError('RepositoryNotFoundException')) });
    expect(await resolveImage(none, { repository: 'shop', tag: 'v1' })).toMatchObject({ kind: 'missing' });
  });

  it('is not called missing when ECR fails', async () => {
    const broken = fakeClient({ BatchGetImage: raise(namedError('ServerException')) });
    await expect(resolveImage(broken, { repository: 'shop', tag: 'v1' })).rejects.toMatchObject({
      name: 'ServerException',
    });
  });
});

const oneItem = (beforeWrite?: () => void): { table: TableClient; writes: () => number } => {
  const { client, writes } = fakeDynamoDb(beforeWrite);
  return { table: { client, name: 'spillway' }, writes };
};

describe('the table', () => {
  const key = { pk: 'service#shop', sk: 'control' };

  it('gives back what was written, without what was left out', async () => {
    const { table } = oneItem();
    const item = { text: 'a', none: null, yes: true, list: [1, { deep: 'x' }], gone: undefined };
    expect(await writeItem(table, key, item, undefined)).toBe(true);
    expect(await readItem(table, key)).toEqual({
      item: { text: 'a', none: null, yes: true, list: [1, { deep: 'x' }] },
      version: 1,
    });
  });

  it('takes away what the next version does not have', async () => {
    const { table } = oneItem();
    await writeItem(table, key, { a: 1, b: 2 }, undefined);
    await writeItem(table, key, { b: 3 }, await readItem(table, key));
    expect(await readItem(table, key)).toEqual({ item: { b: 3 }, version: 2 });
  });

  it('refuses a write on an item that has changed since, or that is there already', async () => {
    const { table } = oneItem();
    await writeItem(table, key, { a: 1 }, undefined);
    const read = await readItem<{ a: number }>(table, key);
    expect(await writeItem(table, key, { a: 2 }, undefined)).toBe(false);
    expect(await writeItem(table, key, { a: 2 }, read)).toBe(true);
    expect(await writeItem(table, key, { a: 3 }, read)).toBe(false);
  });

  it('changes an item again when another writer was faster', async () => {
    let others = 2;
    const { table } = oneItem(() => {
      if (others === 0) return;
      others -= 1;
      throw namedError('ConditionalCheckFailedException');
    });
    expect(await changeItem<{ n: number }>(table, key, (old) => ({ n: (old?.n ?? 0) + 1 }))).toEqual({ n: 1 });
  });

  it('gives up by name when others are always faster', async () => {
    const { table } = oneItem(raise(namedError('ConditionalCheckFailedException')));
    await expect(changeItem(table, key, () => ({ n: 1 }))).rejects.toMatchObject({ name: 'ItemContended' });
  });

  it('writes nothing when nothing changes', async () => {
    const { table, writes } = oneItem();
    await writeItem(table, key, { n: 1 }, undefined);
    await changeItem(table, key, (old) => old);
    await changeItem(table, key, () => undefined);
    expect(writes()).toBe(1);
  });
});

describe('Step Functions', () => {
  const startedAt = '2026-11-23T12:00:00.000Z';
  const from = Date.parse(startedAt);

  it('runs an execution only while it says RUNNING', async () => {
    const status = (value: string) =>
      executionRuns(fakeClient({ DescribeExecution: () => ({ status: value }) }), 'arn', startedAt, from);
    expect(await status('RUNNING')).toBe(true);
    for (const over of ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']) expect(await status(over)).toBe(false);
  });

  it('may not know a young execution yet', async () => {
    const unknown = fakeClient({ DescribeExecution: raise(namedError('ExecutionDoesNotExist')) });
    expect(await executionRuns(unknown, 'arn', startedAt, from + 59_999)).toBe(true);
    expect(await executionRuns(unknown, 'arn', startedAt, from + 60_000)).toBe(false);
  });

  it('is not told of a token whose state has moved on', async () => {
    for (const name of ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']) {
      await endTask(fakeClient({ SendTaskSuccess: raise(namedError(name)) }), 'token', {});
    }
    await expect(
      endTask(fakeClient({ SendTaskSuccess: raise(namedError('AccessDeniedException')) }), 'token', {}),
    ).rejects.toThrow();
  });

  it('starts a name once', async () => {
    const start = { stateMachineArn: 'arn', name: 'push-1', input: {} };
    expect(await startOnce(fakeClient({ StartExecution: () => ({}) }), start)).toBe('started');
    expect(await startOnce(fakeClient({ StartExecution: raise(namedError('ExecutionAlreadyExists')) }), start)).toBe(
      'already-started',
    );
  });
});

describe('an event', () => {
  it('that the bus did not take is an error, although the call succeeded', async () => {
    const events = fakeClient({
      PutEvents: () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] }),
    });
    await expect(tell(events, 'Spillway Rollout State Change', 'arn', {})).rejects.toMatchObject({
      name: 'EventsNotAccepted',
    });
  });
});

describe('the properties of a twin', () => {
  const given = {
    ServiceToken: 'arn',
    ServiceTimeout: '300',
    Cluster: 'spillway',
    ServiceName: 'shop-fargate',
    LaunchType: 'FARGATE',
    TaskDefinition: 'arn:template:1',
    DeploymentConfiguration: {
      MinimumHealthyPercent: '100',
      MaximumPercent: '200',
      DeploymentCircuitBreaker: { Enable: 'true', Rollback: 'false' },
    },
    LoadBalancers: [{ TargetGroupArn: 'tg', ContainerName: 'shop', ContainerPort: '8080' }],
    EnableECSManagedTags: 'true',
  };

  it('become fields of the API, with numbers and booleans again', () => {
    expect(readProperties(given)).toEqual({
      cluster: 'spillway',
      serviceName: 'shop-fargate',
      launchType: 'FARGATE',
      taskDefinition: 'arn:template:1',
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: false },
      },
      loadBalancers: [{ targetGroupArn: 'tg', containerName: 'shop', containerPort: 8080 }],
      enableECSManagedTags: true,
    });
  });

  it('that are not known are named', () => {
    expect(unknownProperties(readProperties({ ...given, DesiredCount: '3' }))).toEqual(['desiredCount']);
  });

  it('send only what changed, and never a task definition', () => {
    const old = readProperties(given);
    expect(changesBetween(old, readProperties({ ...given, TaskDefinition: 'arn:template:2' }))).toEqual({});
    const slower = {
      ...given,
      TaskDefinition: 'arn:template:2',
      DeploymentConfiguration: { MinimumHealthyPercent: '50' },
    };
    expect(changesBetween(old, readProperties(slower))).toEqual({
      deploymentConfiguration: { minimumHealthyPercent: 50 },
    });
  });

  it('that were taken away are sent as empty', () => {
    const { LoadBalancers: _gone, ...without } = given;
    expect(changesBetween(readProperties(given), readProperties(without))).toEqual({ loadBalancers: [] });
  });

  it('lead from the launch type to a Spot share and back, each with a new deployment: ECS refuses it without', async () => {
    const { LaunchType: _none, ...rest } = given;
    const shared = {
      ...rest,
      CapacityProviderStrategy: [
        { CapacityProvider: 'FARGATE', Base: '2', Weight: '30' },
        { CapacityProvider: 'FARGATE_SPOT', Base: '0', Weight: '70' },
      ],
    };
    const capacityProviderStrategy = [
      { capacityProvider: 'FARGATE', base: 2, weight: 30 },
      { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 70 },
    ];
    const [without, withSpot] = [readProperties(given), readProperties(shared)];
    expect(changesBetween(without, withSpot)).toEqual({ capacityProviderStrategy });
    const onDemand = [{ capacityProvider: 'FARGATE', base: 0, weight: 1 }];
    expect(changesBetween(withSpot, without)).toEqual({ capacityProviderStrategy: onDemand });
    expect(
      changesBetween(withSpot, { ...withSpot, capacityProviderStrategy: capacityProviderStrategy.toReversed() }),
    ).toEqual({});

    const sent: SentCall[] = [];
    const at = { cluster: 'spillway', serviceName: 'shop-fargate' };
    const place = { cluster: 'spillway', service: 'shop-fargate' };
    const change = async (service: object | undefined, changes: Parameters<typeof changeTwin>[2]) => {
      const services = service ? [service] : [];
      const ecs = fakeClient({ UpdateService: () => ({}), DescribeServices: () => ({ services }) }, sent);
      expect(await changeTwin(ecs, at, changes)).toBe(true);
      return sent.at(-1)?.input;
    };
    const forced = { ...place, capacityProviderStrategy, forceNewDeployment: true };
    expect(await change({ launchType: 'FARGATE' }, changesBetween(without, withSpot))).toEqual(forced);
    expect(sent.map(({ input }) => input)).toEqual([{ cluster: 'spillway', services: ['shop-fargate'] }, forced]);
    expect(await change({ capacityProviderStrategy }, { propagateTags: 'NONE' })).toEqual({
      ...place,
      propagateTags: 'NONE',
    });
    expect(sent).toHaveLength(3);
    expect(await change({ capacityProviderStrategy }, changesBetween(withSpot, without))).toEqual({
      ...place,
      capacityProviderStrategy: onDemand,
      forceNewDeployment: true,
    });
    // Sent again, or taken back after ECS refused it: it stands so, and nothing is deployed.
    const [base, spot] = capacityProviderStrategy;
    const echoed = [spot, base].map((item) => ({ ...item, ...(item?.base === 0 && { base: undefined }) }));
    const both = { ...changesBetween(without, withSpot), propagateTags: 'NONE' };
    expect(await change({ capacityProviderStrategy: echoed }, both)).toEqual({ ...place, propagateTags: 'NONE' });
    expect(await change({ launchType: 'FARGATE' }, changesBetween(withSpot, without))).toEqual(place);
    expect(await change(undefined, { capacityProviderStrategy })).toEqual(forced);
  });

  it('are not taken for those of a twin that was left with another Spot share', async () => {
    const strategy = [
      { capacityProvider: 'FARGATE', base: 1, weight: 0 },
      { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 100 },
    ];
    const found = { desiredCount: 0, taskDefinition: 'arn:template:1', serviceArn: 'arn:found' };
    const made = (service: object, properties: object) =>
      createTwin(
        fakeClient({
          CreateService: raise(namedError('InvalidParameterException', 'Creation of service was not idempotent.')),
          DescribeServices: () => ({ services: [{ ...found, ...service }] }),
        }),
        { cluster: 'spillway', serviceName: 'shop-fargate', taskDefinition: 'arn:template:1', ...properties },
        'token',
      );
    const asked = { capacityProviderStrategy: strategy };
    expect(await made({ capacityProviderStrategy: strategy }, asked)).toBe('arn:found');
    // ECS answers a strategy in an order of its own, and one that a share was taken from as a strategy still.
    expect(await made({ capacityProviderStrategy: strategy.toReversed() }, asked)).toBe('arn:found');
    const onDemand = { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] };
    expect(await made(onDemand, { launchType: 'FARGATE' })).toBe('arn:found');
    await expect(made(onDemand, { launchType: 'EXTERNAL' })).rejects.toThrow('exists already');
    expect(await made({ launchType: 'EXTERNAL' }, { launchType: 'EXTERNAL' })).toBe('arn:found');
    await expect(made({ launchType: 'EXTERNAL' }, { launchType: 'FARGATE' })).rejects.toThrow('exists already');
    expect(await made({ launchType: 'FARGATE' }, { launchType: 'FARGATE' })).toBe('arn:found');
    await expect(made({ launchType: 'FARGATE' }, asked)).rejects.toThrow('exists already');
    await expect(
      made({ capacityProviderStrategy: [strategy[0], { ...strategy[1], weight: 50 }] }, asked),
    ).rejects.toThrow('exists already');
  });
});

describe('load reports', () => {
  const number = (value: number) => ({ N: String(value) });
  const list = (values: readonly number[]) => ({ L: values.map(number) });
  const item = (period: string, task: string, changes: Record<string, unknown> = {}) => ({
    pk: { S: 'op' },
    sk: { S: `${period}#${task}` },
    task: { S: task },
    capacity: { S: 'external' },
    slots: number(2),
    startedMs: number(1_000),
    everySeconds: number(10),
    stopping: { BOOL: false },
    points: { L: [list([2_000, 5, 1, 4, 0, 800, 0, 0]), list([12_000, 9, 1, 8, 0, 1_800, 11_000, 11_500])] },
    pickUpDelays: list([3, 1]),
    completionDelays: list([2, 1]),
    ...changes,
  });
  const at = Date.parse('2026-11-23T12:12:00Z');
  const read = async (pages: readonly unknown[][], sent: SentCall[] = []) => {
    const left = [...pages];
    const client = fakeClient(
      {
        Query: () => ({ Items: left.shift(), ...(left.length > 0 && { LastEvaluatedKey: { pk: { S: 'op' } } }) }),
      },
      sent,
    );
    return readLoadReports({ client, name: 'spillway-load' }, 'op', at);
  };

  it('are read from the period in which the last ten minutes began, all pages of them', async () => {
    const sent: SentCall[] = [];
    const { workers } = await read(
      [[item('2026-11-23T12:10:00.000Z', 'a')], [item('2026-11-23T12:10:00.000Z', 'b')]],
      sent,
    );
    expect(workers.map(({ task }) => task)).toEqual(['a', 'b']);
    expect(sent.map(({ input }) => input.ExpressionAttributeValues)).toEqual(
      Array(2).fill({ ':service': { S: 'op' }, ':from': { S: '2026-11-23T12:00:00.000Z' } }),
    );
  });

  it('are the newest one of each task, with a head only where it received something', async () => {
    const { workers } = await read([
      [
        item('2026-11-23T12:05:00.000Z', 'a', { stopping: { BOOL: false } }),
        item('2026-11-23T12:10:00.000Z', 'a', { stopping: { BOOL: true } }),
      ],
    ]);
    expect(workers).toEqual([
      {
        task: 'a',
        capacity: 'external',
        slots: 2,
        startedMs: 1_000,
        everySeconds: 10,
        stopping: true,
        points: [
          { atMs: 2_000, pickUps: 5, otherPickUps: 1, completions: 4, failures: 0, busyMs: 800 },
          {
            atMs: 12_000,
            pickUps: 9,
            otherPickUps: 1,
            completions: 8,
            failures: 0,
            busyMs: 1_800,
            headSentMs: 11_000,
            headReceivedMs: 11_500,
          },
        ],
      },
    ]);
  });

  it('add their delays up by period', async () => {
    const { delays } = await read([
      [
        item('2026-11-23T12:05:00.000Z', 'a'),
        item('2026-11-23T12:05:00.000Z', 'b'),
        item('2026-11-23T12:10:00.000Z', 'a'),
      ],
    ]);
    expect(delays).toEqual([
      { fromMs: Date.parse('2026-11-23T12:05:00Z'), pickUps: [6, 2], completions: [4, 2] },
      { fromMs: Date.parse('2026-11-23T12:10:00Z'), pickUps: [3, 1], completions: [2, 1] },
    ]);
  });

  it('that have another shape are left out, and end nothing', async () => {
    const { workers } = await read([
      [item('2026-11-23T12:10:00.000Z', 'a', { slots: { S: 'two' } }), item('2026-11-23T12:10:00.000Z', 'b')],
    ]);
    expect(workers.map(({ task }) => task)).toEqual(['b']);
  });
});

describe('the name of an execution', () => {
  it('is cause and service up to 80 characters, and a longer one is cut and told apart by a hash', () => {
    const cause = 'guardian-1-2';
    expect(executionName(cause, 'a'.repeat(67))).toBe(`${cause}-${'a'.repeat(67)}`);
    const [one, other] = ['b', 'c'].map((last) => executionName(cause, `${'a'.repeat(67)}${last}`));
    expect(one).toHaveLength(80);
    expect(one).not.toBe(other);
  });
});

describe('an item with a task token', () => {
  it('that was made after a deletion whose answer was lost survives the repetition of that call', async () => {
    // Swarm seed 3379: the watch of a probe was deleted, and the probe was left running.
    const table: TableClient = { client: fakeDynamoDb().client, name: 'spillway' };
    const key = { pk: 'service#op', sk: 'watch' };
    await changeItem<{ token: string }>(table, key, () => ({ token: 't1' }));
    const read = await readItem<{ token: string }>(table, key);
    if (!read) throw new Error('it was written');
    await deleteItem(table, key, read);
    expect(await readItem(table, key)).toBeUndefined();
    await changeItem<{ token: string }>(table, key, () => ({ token: 't2' }));
    await deleteItem(table, key, read);
    expect((await readItem<{ token: string }>(table, key))?.item).toEqual({ token: 't2' });
  });
});
