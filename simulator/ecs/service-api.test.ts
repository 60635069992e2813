import { describe, expect, it } from 'vitest';
import { type EcsWorld, ecsWorld, externalDefinition, fargateDefinition, networkConfiguration } from './ecs-world.ts';

const external = async (more: Record<string, unknown> = {}): Promise<EcsWorld> => {
  const world = await ecsWorld();
  world.ecs.registerExternalInstance({
    cluster: 'spillway',
    managedInstanceId: 'mi-1',
    cpuUnits: 1024,
    memoryMiB: 1024,
  });
  await world.call('RegisterTaskDefinition', externalDefinition('worker', world.push('worker', 'v1')));
  await world.call('CreateService', {
    cluster: 'spillway',
    serviceName: 'worker',
    taskDefinition: 'worker',
    launchType: 'EXTERNAL',
    desiredCount: 1,
    ...more,
  });
  return world;
};

const worker = { cluster: 'spillway', service: 'worker' };

describe('services', () => {
  it('are answered with every default that AWS echoes', async () => {
    const world = await external();
    const service = await world.service('worker');
    expect(service).toMatchObject({
      serviceArn: 'arn:aws:ecs:us-east-1:123456789012:service/spillway/worker',
      clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/spillway',
      status: 'ACTIVE',
      launchType: 'EXTERNAL',
      deploymentController: { type: 'ECS' },
      schedulingStrategy: 'REPLICA',
      deploymentConfiguration: {
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        strategy: 'ROLLING',
        bakeTimeInMinutes: 0,
        deploymentCircuitBreaker: {
          enable: false,
          rollback: false,
          resetOnHealthyTask: true,
          thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
        },
        alarms: { alarmNames: [], enable: false, rollback: false },
      },
    });
    expect(service.deployments?.[0]?.id).toMatch(/^ecs-svc\/\d{19}$/);
    expect(service).not.toHaveProperty('platformVersion');
    expect(service.createdAt).toBeInstanceOf(Date);
  });

  it('that are missing are failures of DescribeServices, and errors of the others', async () => {
    const world = await external();
    expect(await world.call('DescribeServices', { cluster: 'spillway', services: ['worker', 'nobody'] })).toMatchObject(
      {
        services: [{ serviceName: 'worker' }],
        failures: [{ arn: 'arn:aws:ecs:us-east-1:123456789012:service/spillway/nobody', reason: 'MISSING' }],
      },
    );
    const nobody = { cluster: 'spillway', service: 'nobody' };
    expect(await world.refusal('UpdateService', nobody)).toBe('ServiceNotFoundException: Service not found.');
    expect(await world.refusal('DeleteService', nobody)).toBe('ServiceNotFoundException: Service not found.');
    expect(await world.refusal('DescribeServices', { cluster: 'nowhere', services: ['worker'] })).toBe(
      'ClusterNotFoundException: Cluster not found.',
    );
    expect(await world.refusal('UpdateService', { ...worker, taskDefinition: 'nothing' })).toBe(
      'ClientException: TaskDefinition not found.',
    );
    expect(await world.refusal('DescribeTaskDefinition', { taskDefinition: 'nothing' })).toBe(
      'ClientException: Unable to describe task definition.',
    );
  });

  it('are created once by one request, and refused to another of the same name (CreateService)', async () => {
    const world = await external({ clientToken: 'one' });
    const input = {
      cluster: 'spillway',
      serviceName: 'worker',
      taskDefinition: 'worker',
      launchType: 'EXTERNAL',
      desiredCount: 1,
      clientToken: 'one',
    };
    expect(await world.refusal('CreateService', input)).toBe('no error');
    expect(await world.refusal('CreateService', { ...input, clientToken: 'two' })).toBe(
      'InvalidParameterException: Creation of service was not idempotent.',
    );
  });

  it('are deleted at count 0 or by force, drain, and are then INACTIVE (DeleteService)', async () => {
    const world = await external();
    await world.until(60);
    expect(await world.refusal('DeleteService', worker)).toBe(
      'InvalidParameterException: The service cannot be stopped while it is scaled above 0.',
    );
    await world.call('DeleteService', { ...worker, force: true });
    expect((await world.service('worker')).status).toBe('DRAINING');
    await world.until(70);
    expect(await world.service('worker')).toMatchObject({ status: 'INACTIVE', runningCount: 0, deployments: [] });
    expect(await world.refusal('UpdateService', worker)).toBe('ServiceNotActiveException: Service was not ACTIVE.');
    await world.call('CreateService', {
      cluster: 'spillway',
      serviceName: 'worker',
      taskDefinition: 'worker',
      launchType: 'EXTERNAL',
    });
    expect((await world.service('worker')).status).toBe('ACTIVE');
  });

  it('must fit the launch type, the network mode and the load balancer', async () => {
    const world = await external();
    await world.call('RegisterTaskDefinition', fargateDefinition('api', world.push('api', 'v1')));
    const create = (more: Record<string, unknown>): Promise<string> =>
      world.refusal('CreateService', { cluster: 'spillway', serviceName: 'other', ...more });
    expect(await create({ taskDefinition: 'api', launchType: 'EXTERNAL' })).toBe(
      'InvalidParameterException: Task definition does not support launch_type EXTERNAL.',
    );
    expect(await create({ taskDefinition: 'worker', launchType: 'FARGATE', networkConfiguration })).toBe(
      'InvalidParameterException: Task definition does not support launch_type FARGATE.',
    );
    expect(await create({ taskDefinition: 'api', launchType: 'FARGATE' })).toBe(
      "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    );
    expect(
      await create({
        taskDefinition: 'api',
        launchType: 'FARGATE',
        networkConfiguration,
        loadBalancers: [{ targetGroupArn: 'arn:x', containerName: 'web', containerPort: 8080 }],
      }),
    ).toBe('InvalidParameterException: The container web does not exist in the task definition.');
    expect(await create({ taskDefinition: 'worker', launchType: 'EC2' })).toMatch(/^NotModelledException: .*EC2/);
  });

  it('hide nothing behind their answers: a caller that changes one changes only a copy', async () => {
    const world = await external();
    const service = await world.service('worker');
    (service.deploymentConfiguration as { maximumPercent: number }).maximumPercent = 1;
    expect((await world.service('worker')).deploymentConfiguration?.maximumPercent).toBe(200);
  });

  it('repeat their steady state every six hours, and nothing else while nothing changes (service-event-messages)', async () => {
    const world = await external();
    await world.until(60);
    const before = world.kernel.processed;
    await world.until(60 + 24 * 3600);
    expect(world.told('ECS Service Action')).toEqual([
      '49 SERVICE_STEADY_STATE',
      '21649 SERVICE_STEADY_STATE',
      '43249 SERVICE_STEADY_STATE',
      '64849 SERVICE_STEADY_STATE',
      '86449 SERVICE_STEADY_STATE',
    ]);
    // Four repeated steady states: the scheduler does not poll.
    expect(world.kernel.processed - before).toBe(4);
  });
});

describe('UpdateService', () => {
  it('begins no deployment for a network configuration that says the defaults too, in another order', async () => {
    const world = await ecsWorld();
    await world.call('RegisterTaskDefinition', fargateDefinition('api', world.push('api', 'v1')));
    await world.call('CreateService', {
      cluster: 'spillway',
      serviceName: 'api',
      taskDefinition: 'api',
      launchType: 'FARGATE',
      networkConfiguration,
    });
    await world.until(100);
    const { id } = await world.primary('api');
    const { subnets, securityGroups } = networkConfiguration.awsvpcConfiguration;
    const same = { assignPublicIp: 'DISABLED', securityGroups, subnets };
    await world.call('UpdateService', {
      cluster: 'spillway',
      service: 'api',
      networkConfiguration: { awsvpcConfiguration: same },
    });
    expect((await world.primary('api')).id).toBe(id);
    await world.call('UpdateService', {
      cluster: 'spillway',
      service: 'api',
      networkConfiguration: { awsvpcConfiguration: { ...same, subnets: ['subnet-2'] } },
    });
    expect((await world.primary('api')).id).not.toBe(id);
  });

  it('takes numbers, not text', async () => {
    const world = await external();
    expect(await world.refusal('UpdateService', { ...worker, desiredCount: '2' })).toBe(
      'SerializationException: STRING_VALUE can not be converted to an Integer',
    );
  });
});

describe('permissions', () => {
  it('name the resources and condition keys of the service authorization reference', async () => {
    const world = await external();
    const cluster = { 'ecs:cluster': 'arn:aws:ecs:us-east-1:123456789012:cluster/spillway' };
    await world.call('UpdateService', { ...worker, taskDefinition: 'worker' });
    expect(world.asked.at(-1)).toEqual([
      {
        action: 'ecs:UpdateService',
        resource: 'arn:aws:ecs:us-east-1:123456789012:service/spillway/worker',
        context: { ...cluster, 'ecs:task-definition': 'arn:aws:ecs:us-east-1:123456789012:task-definition/worker:1' },
      },
    ]);
    await world.call('ListTasks', { cluster: 'spillway' });
    expect(world.asked.at(-1)).toEqual([{ action: 'ecs:ListTasks', resource: '*', context: cluster }]);
    await world.call('DescribeServices', { cluster: 'spillway', services: ['worker'] });
    expect(world.asked.at(-1)?.[0]?.resource).toBe('arn:aws:ecs:us-east-1:123456789012:service/spillway/worker');
    await world.call('ListContainerInstances', { cluster: 'spillway' });
    expect(world.asked.at(-1)).toEqual([
      { action: 'ecs:ListContainerInstances', resource: 'arn:aws:ecs:us-east-1:123456789012:cluster/spillway' },
    ]);
  });

  it('ask for the roles of a task definition that a service is told to run, and for none otherwise', async () => {
    const world = await external();
    const roles = ['task', 'execution'].map((name) => `arn:aws:iam::123456789012:role/${name}`);
    const [taskRoleArn, executionRoleArn] = roles;
    const definition = externalDefinition('passing', world.push('worker', 'v2'));
    await world.call('RegisterTaskDefinition', { ...definition, taskRoleArn, executionRoleArn });
    const passed = (): unknown[] =>
      (world.asked.at(-1) ?? []).flatMap(({ action, resource, context }) =>
        action === 'iam:PassRole' ? [{ resource, ...context }] : [],
      );
    const both = roles.map((resource) => ({ resource, 'iam:PassedToService': 'ecs-tasks.amazonaws.com' }));
    await world.call('CreateService', {
      cluster: 'spillway',
      serviceName: 'passing',
      taskDefinition: 'passing',
      launchType: 'EXTERNAL',
      desiredCount: 0,
    });
    expect(passed()).toEqual(both);
    await world.call('UpdateService', { ...worker, taskDefinition: 'passing:1' });
    expect(passed()).toEqual(both);
    await world.call('UpdateService', { ...worker, desiredCount: 1 });
    expect(passed()).toEqual([]);
  });
});

describe('request rates (request-throttling)', () => {
  it('are token buckets by category: 50 service modifications at once, then 5 a second', async () => {
    const world = await external();
    // The creation took one of the 50.
    for (let index = 0; index < 49; index += 1) await world.call('UpdateService', worker);
    expect(await world.refusal('UpdateService', worker)).toBe('ThrottlingException: Rate exceeded');
    expect(await world.refusal('DeleteService', worker)).toBe('ThrottlingException: Rate exceeded');
    expect(await world.refusal('DescribeServices', { cluster: 'spillway', services: ['worker'] })).toBe('no error');
    await world.until(1);
    const answers = [];
    for (let index = 0; index < 6; index += 1) answers.push(await world.refusal('UpdateService', worker));
    expect(answers.filter((answer) => answer === 'no error')).toHaveLength(5);
  });

  it.each([
    ['DescribeServices', 'ListServices', 100, 20],
    ['RegisterTaskDefinition', 'DeregisterTaskDefinition', 20, 1],
    ['DescribeTaskDefinition', 'ListTaskDefinitionFamilies', 50, 20],
    ['StopTask', 'UpdateContainerInstancesState', 100, 40],
    ['DescribeTasks', 'ListContainerInstances', 100, 20],
    ['DescribeServiceDeployments', 'ListServiceDeployments', 50, 20],
    ['DescribeServiceRevisions', 'DescribeServiceRevisions', 50, 20],
    ['GetTaskProtection', 'UpdateTaskProtection', 200, 80],
    ['UpdateCluster', 'PutClusterCapacityProviders', 20, 1],
    ['DescribeClusters', 'ListClusters', 50, 20],
    ['TagResource', 'UntagResource', 20, 10],
    ['ListTagsForResource', 'ListTagsForResource', 50, 20],
  ])('%s shares its bucket with %s: %d at once, %d a second', async (action, other, burst, perSecond) => {
    const world = await ecsWorld();
    const required: Readonly<Record<string, object>> = {
      DescribeServiceDeployments: { serviceDeploymentArns: [] },
      DescribeServiceRevisions: { serviceRevisionArns: [] },
    };
    // The world made its cluster at second 0.
    await world.until(60);
    const throttled = async (calls: number): Promise<number> => {
      let count = 0;
      for (let index = 0; index < calls; index += 1) {
        // Whatever else is wrong with an empty call: the bucket comes first.
        const name = index % 2 === 0 ? action : other;
        if ((await world.refusal(name, required[name])).startsWith('ThrottlingException')) count += 1;
      }
      return count;
    };
    expect(await throttled(burst + 1)).toBe(1);
    await world.until(61);
    expect(await throttled(perSecond + 1)).toBe(1);
  });
});

describe('tags', () => {
  it('are set, listed and taken away by ARN', async () => {
    const world = await external();
    const resourceArn = 'arn:aws:ecs:us-east-1:123456789012:service/spillway/worker';
    await world.call('TagResource', { resourceArn, tags: [{ key: 'a', value: '1' }] });
    await world.call('TagResource', { resourceArn, tags: [{ key: 'b', value: '2' }] });
    await world.call('UntagResource', { resourceArn, tagKeys: ['a'] });
    expect(await world.call('ListTagsForResource', { resourceArn })).toEqual({ tags: [{ key: 'b', value: '2' }] });
  });
});

describe('bake time (DeploymentConfiguration)', () => {
  it('keeps a deployment in progress after all its tasks are healthy', async () => {
    const world = await external({ deploymentConfiguration: { bakeTimeInMinutes: 5 } });
    await world.until(348);
    expect((await world.primary('worker')).rolloutState).toBe('IN_PROGRESS');
    await world.until(349);
    expect((await world.primary('worker')).rolloutState).toBe('COMPLETED');
  });
});

describe('StopServiceDeployment (stop-service-deployment)', () => {
  it('rolls back to the last completed deployment, though no breaker is on', async () => {
    const world = await external();
    await world.until(60);
    await world.call('RegisterTaskDefinition', externalDefinition('worker', world.push('worker', 'v2')));
    await world.call('UpdateService', { ...worker, taskDefinition: 'worker:2' });
    await world.until(70);
    const { serviceDeployments } = await world.call<{ serviceDeployments: { serviceDeploymentArn: string }[] }>(
      'ListServiceDeployments',
      worker,
    );
    const [newest] = serviceDeployments;
    await world.call('StopServiceDeployment', { serviceDeploymentArn: newest?.serviceDeploymentArn });
    await world.until(130);
    expect((await world.service('worker')).taskDefinition).toMatch(/:1$/);
    expect((await world.service('worker')).runningCount).toBe(1);
    const described = await world.call<{ serviceDeployments: { status: string }[] }>('DescribeServiceDeployments', {
      serviceDeploymentArns: [newest?.serviceDeploymentArn],
    });
    expect(described.serviceDeployments[0]?.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(
      await world.refusal('StopServiceDeployment', { serviceDeploymentArn: newest?.serviceDeploymentArn }),
    ).toMatch(/^ConflictException: /);
  });
});
