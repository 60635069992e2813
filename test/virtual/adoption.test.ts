import type { DescribeServicesResponse, DescribeTaskDefinitionResponse, Service } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../cli/context.ts';
import { runProgram } from '../../cli/program.ts';
import type { Status } from '../../cli/read-status.ts';
import { type ConfigurationInput, defineConfiguration } from '../../functions/core/configuration.ts';
import type { Adoption } from '../../functions/core/judge-adoption.ts';
import type { ReleasePlan } from '../../functions/core/release-plan.ts';
import { cluster, names, pulls, trust } from '../../local/rollouts/adopted-service.ts';
import { RolloutWorld, service } from '../../local/rollouts/rollout-world.ts';
import { virtualClients } from '../../local/virtual/clients.ts';
import { sampleMachines } from '../../local/world/machines.ts';
import type { Cloud } from '../../simulator/cloud/cloud.ts';

const account = '123456789012';
const repositoryName = 'team/worker';
const repository = `${account}.dkr.ecr.us-east-1.amazonaws.com/${repositoryName}`;
const role = (name: string): string => `arn:aws:iam::${account}:role/legacy/${name}`;
type Place = keyof typeof names;

/** A task definition with as much in it as nobody's templates here have. */
const definition = (
  place: Place,
  environment: readonly object[] = [{ name: 'MODE', value: 'old' }],
  image = `${repository}:v0`,
  cpuArchitecture = 'X86_64',
  size: { readonly cpu?: string; readonly memory: string } = { cpu: '256', memory: '512' },
): object => ({
  // The most usual name: that of the service.
  family: names[place],
  requiresCompatibilities: [place.toUpperCase()],
  networkMode: place === 'fargate' ? 'awsvpc' : 'bridge',
  ...size,
  executionRoleArn: role('starts'),
  ...(place === 'fargate' && {
    taskRoleArn: role('works'),
    ephemeralStorage: { sizeInGiB: 40 },
    runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture },
  }),
  volumes: [{ name: 'scratch' }],
  tags: [{ key: 'cost-centre', value: '4711' }],
  containerDefinitions: [
    {
      name: 'metrics',
      image: `${repository}:metrics`,
      essential: false,
      memory: 64,
    },
    {
      name: service,
      image,
      essential: true,
      memory: 256,
      environment,
      dockerLabels: { owner: 'somebody' },
      mountPoints: [{ sourceVolume: 'scratch', containerPath: '/tmp/scratch' }],
      ulimits: [{ name: 'nofile', softLimit: 4_096, hardLimit: 8_192 }],
      linuxParameters: { initProcessEnabled: true },
      healthCheck: { command: ['CMD', 'true'], interval: 10, timeout: 5, retries: 3, startPeriod: 10 },
      stopTimeout: 20,
    },
  ],
});

/** What somebody has made by hand, long before: a cluster, a repository with images, roles, and two odd services. */
const legacy = async (cloud: Cloud, fargateTasks: number, externalTasks: number): Promise<void> => {
  const call = async <Answer>(name: Parameters<Cloud['call']>[0], action: string, input: object): Promise<Answer> =>
    (await cloud.call(name, action, input)) as Answer;
  await call('ecs', 'CreateCluster', { clusterName: cluster, capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  await call('ecr', 'CreateRepository', { repositoryName, imageScanningConfiguration: { scanOnPush: true } });
  for (const tag of ['v0', 'metrics']) {
    cloud.ecr.store({
      repository: repositoryName,
      tags: [tag],
      config: { Labels: { 'org.opencontainers.image.title': tag } },
      layers: [Buffer.from(tag)],
    });
  }
  for (const RoleName of ['starts', 'works']) {
    await call('iam', 'CreateRole', { RoleName, Path: '/legacy/', AssumeRolePolicyDocument: trust });
    await call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'Pulls', PolicyDocument: pulls });
  }
  for (const place of ['external', 'fargate'] as const) {
    const { taskDefinition } = await call<DescribeTaskDefinitionResponse>(
      'ecs',
      'RegisterTaskDefinition',
      definition(place),
    );
    await call('ecs', 'CreateService', {
      cluster,
      serviceName: names[place],
      taskDefinition: taskDefinition?.taskDefinitionArn,
      tags: [{ key: 'team', value: 'legacy' }],
      propagateTags: 'TASK_DEFINITION',
      enableECSManagedTags: true,
      ...(place === 'external'
        ? {
            launchType: 'EXTERNAL',
            desiredCount: externalTasks,
            deploymentConfiguration: {
              minimumHealthyPercent: 40,
              maximumPercent: 170,
              deploymentCircuitBreaker: { enable: false, rollback: false },
            },
            placementConstraints: [{ type: 'memberOf', expression: 'attribute:site == dc1' }],
            placementStrategy: [{ type: 'spread', field: 'instanceId' }],
          }
        : {
            capacityProviderStrategy: [
              { capacityProvider: 'FARGATE', base: 1, weight: 1 },
              { capacityProvider: 'FARGATE_SPOT', weight: 3 },
            ],
            desiredCount: fargateTasks,
            platformVersion: '1.4.0',
            enableExecuteCommand: true,
            deploymentConfiguration: {
              minimumHealthyPercent: 90,
              maximumPercent: 190,
              deploymentCircuitBreaker: { enable: true, rollback: false },
            },
            networkConfiguration: {
              awsvpcConfiguration: {
                subnets: ['subnet-0aaaaaaaaaaaaaaa1'],
                securityGroups: ['sg-0aaaaaaaaaaaaaaa1'],
                assignPublicIp: 'ENABLED',
              },
            },
          }),
    });
  }
};

const boot = (fargateTasks = 2, externalTasks = 2, machines = sampleMachines): Promise<RolloutWorld> =>
  RolloutWorld.boot({
    existing: { clusterName: cluster },
    before: (cloud) => legacy(cloud, fargateTasks, externalTasks),
    machines,
    change: {
      cpuUnits: 256,
      memoryMiB: 512,
      receivesFrom: [],
      receivesFromOnPremises: [],
      tables: [],
      external: { baseTasks: 3, adopted: { service: names.external, executionRoleArn: role('starts') } },
      fargate: {
        baseTasks: 2,
        adopted: { service: names.fargate, taskRoleArn: role('works'), executionRoleArn: role('starts') },
      },
      repository: repositoryName,
      rollout: { keepRevisions: 2, scan: { kind: 'basic' } },
    },
  });

/** All that ECS says of an adopted service and of its task definition, without what moves by itself and what a release is. */
const standing = async (world: RolloutWorld, place: Place): Promise<object> => {
  const { services } = await world.call<DescribeServicesResponse>('ecs', 'DescribeServices', {
    cluster,
    services: [names[place]],
    include: ['TAGS'],
  });
  const {
    taskDefinition: running,
    deployments: _deployments,
    events: _events,
    runningCount: _running,
    pendingCount: _pending,
    currentServiceDeployment: _deployment,
    currentServiceRevisions: _revisions,
    ...kept
  }: Partial<Service> = services?.[0] ?? {};
  const { taskDefinition, tags } = await world.call<DescribeTaskDefinitionResponse>('ecs', 'DescribeTaskDefinition', {
    taskDefinition: running,
    include: ['TAGS'],
  });
  const {
    taskDefinitionArn: _arn,
    family: _family,
    revision: _revision,
    registeredAt: _at,
    registeredBy: _by,
    containerDefinitions = [],
    ...rest
  } = taskDefinition ?? {};
  const containers = containerDefinitions.map((each) => ({
    ...each,
    image: each.name === service ? 'the release' : each.image,
  }));
  return { kept, rest, containers, tags };
};

const familyOf = (taskDefinition: string | undefined): string => /\/([^:]+):\d+$/.exec(taskDefinition ?? '')?.[1] ?? '';
const primaryOf = (world: RolloutWorld, place: Place): string => world.truth(names[place])?.taskDefinition ?? '';
const imageOf = (world: RolloutWorld, place: Place): string | undefined =>
  world.world.cloud.ecs.findTaskDefinition(primaryOf(world, place))?.containers.find(({ name }) => name === service)
    ?.image;

const places = ['external', 'fargate'] as const;

describe('ECS services that were adopted', () => {
  it('are rolled out by a push, and every field of theirs stays as it was', { timeout: 60_000 }, async () => {
    const world = await boot();
    await world.pass(300);
    const before = await Promise.all(places.map((place) => standing(world, place)));
    expect(JSON.stringify(before)).toContain('"cost-centre"');
    const digest = world.push('v1');
    const execution = await world.executionOf(digest);
    // Its scan was waited for, and an event ended that, long before the wait would have looked by itself.
    await world.reaches(execution, 'Wait for the scan');
    const atMs = world.now();
    await world.until('the scan has ended', () => world.statesOf(execution).at(-1) !== 'Wait for the scan');
    expect(world.now() - atMs).toBeLessThan(60_000);
    const ended = await world.end(execution);
    expect(ended).toMatchObject({ verdict: 'completed', cause: 'proved' });
    // Events of ECS ended the waits: each sweep would have taken 300 s.
    expect(ended.seconds).toBeLessThan(300);
    await world.pass(300);
    for (const [index, place] of places.entries()) {
      expect(await standing(world, place)).toEqual(before[index]);
      expect(imageOf(world, place)).toBe(`${repository}@${digest}`);
      expect(familyOf(primaryOf(world, place))).toBe(`spillway-${service}-${place}`);
    }
    expect(world.truths().map(({ desired }) => desired)).toEqual([2, 2]);
    // Their first container is another one, which no rollout touches.
    const { said } = await typed(world, `status ${service} --json`);
    const twins = (JSON.parse(said) as Status).services[0]?.twins.map((each) => [each.twin, each.digest]);
    expect(twins).toEqual(expect.arrayContaining(places.map((place) => [names[place], digest])));
    const sent = world.ecsWrites.filter(({ call }) => call.action === 'UpdateService').map(({ call }) => call.input);
    expect(sent.map((input) => Object.keys(input as object).sort())).toEqual([
      ['cluster', 'service', 'taskDefinition'],
      ['cluster', 'service', 'taskDefinition'],
    ]);
    expect(world.world.cloud.iam.denials()).toEqual([]);
  });

  it('take at most 14 calls of ECS for a release of 100 tasks each, also where it waits for the site', {
    timeout: 60_000,
  }, async () => {
    const machines = sampleMachines.map((machine) => ({ ...machine, cpuUnits: 32_768, memoryMiB: 65_536 }));
    const world = await boot(100, 100, machines);
    const link = (linked: boolean): void => {
      for (const { managedInstanceId } of machines) world.world.cloud.ecs.setLinked(managedInstanceId, linked);
    };
    await world.pass(600);
    for (const [version, waits] of [
      ['v1', true],
      ['v2', false],
      ['v3', true],
    ] as const) {
      if (waits) {
        link(false);
        await world.pass(480);
      }
      const execution = await world.executionOf(world.push(version));
      if (waits) {
        await world.reaches(execution, 'Wait for the site');
        link(true);
      }
      expect(await world.end(execution)).toMatchObject({ verdict: 'completed', cause: 'proved' });
      const { startMs, stopMs = startMs } = world.world.cloud.stepFunctions.execution(execution);
      const calls = world.ecsCalls.filter(
        ({ atMs, folder }) => atMs >= startMs && atMs <= stopMs && folder !== 'reconcile-services',
      );
      expect(calls, calls.map(({ folder, action }) => `${folder}:${action}`).join(', ')).toHaveLength(waits ? 14 : 12);
      expect((await world.record(execution))?.ecsCalls).toBe(calls.length);
      await world.pass(600);
    }
  });

  it('go back to the very revisions that were found, where the first push fails, and later to the proved release', {
    timeout: 60_000,
  }, async () => {
    const world = await boot();
    await world.pass(300);
    const found = places.map((place) => primaryOf(world, place));
    const before = await Promise.all(places.map((place) => standing(world, place)));
    const fails = async (version: string): Promise<void> => {
      const digest = world.push(version, { exits: { afterSeconds: 3, code: 1 } });
      const ended = await world.end(await world.executionOf(digest));
      expect(ended).toMatchObject({ verdict: 'rolled-back', cause: 'crash-after-start' });
      expect(ended.seconds).toBeLessThan(300);
      await world.pass(300);
    };
    await fails('broken');
    expect(places.map((place) => primaryOf(world, place))).toEqual(found);
    expect(await Promise.all(places.map((place) => standing(world, place)))).toEqual(before);
    for (const version of ['v1', 'v2', 'v3', 'v4']) {
      const digest = world.push(version);
      expect(await world.end(await world.executionOf(digest))).toMatchObject({ verdict: 'completed' });
      await world.pass(120);
    }
    const proved = places.map((place) => primaryOf(world, place));
    await fails('broken-too');
    expect(places.map((place) => primaryOf(world, place))).toEqual(proved);
    expect(await Promise.all(places.map((place) => standing(world, place)))).toEqual(before);
    const active = async (familyPrefix: string): Promise<readonly string[]> =>
      (await world.call<{ taskDefinitionArns: string[] }>('ecs', 'ListTaskDefinitions', { familyPrefix }))
        .taskDefinitionArns;
    // Revisions of the family that they had are somebody else's: all of them stay, of ours the newest.
    expect([...(await active(names.external)), ...(await active(names.fargate))]).toHaveLength(2);
    expect((await active(`spillway-${service}-external`)).length).toBeLessThan(5);
    expect(world.world.cloud.iam.denials()).toEqual([]);
  });

  it('are left as they are until somebody asks for a release, whatever was pushed before', {
    timeout: 60_000,
  }, async () => {
    const world = await boot();
    await world.pass(2 * 3_600);
    expect(world.executions()).toEqual([]);
    expect(world.ecsWrites).toEqual([]);
  });

  it('keep what somebody else changes of them, also where the reconciler brings the release back', {
    timeout: 60_000,
  }, async () => {
    const world = await boot();
    await world.pass(300);
    const digest = world.push('v1');
    await world.end(await world.executionOf(digest));
    await world.pass(300);
    const rollouts = world.executions().length;
    const { taskDefinition } = await world.call<DescribeTaskDefinitionResponse>(
      'ecs',
      'RegisterTaskDefinition',
      definition('external', [{ name: 'MODE', value: 'new' }]),
    );
    await world.call('ecs', 'UpdateService', {
      cluster,
      service: names.external,
      taskDefinition: taskDefinition?.taskDefinitionArn,
    });
    await world.until('the drift is repaired', () => world.executions().length > rollouts);
    const repair = world.executions().at(-1)?.arn ?? '';
    expect(await world.end(repair)).toMatchObject({ verdict: 'completed' });
    expect(imageOf(world, 'external')).toBe(`${repository}@${digest}`);
    expect(JSON.stringify(await standing(world, 'external'))).toContain('{"name":"MODE","value":"new"}');
    await world.pass(3_600);
    expect(world.executions()).toHaveLength(rollouts + 1);
  });

  it('are probed on the capacity providers that they name, where they rest at count 0', {
    timeout: 60_000,
  }, async () => {
    const world = await boot(0);
    await world.pass(300);
    const digest = world.push('v1');
    const execution = await world.executionOf(digest);
    expect(await world.end(execution)).toMatchObject({ verdict: 'completed', cause: 'proved-by-probe' });
    expect(world.statesOf(execution)).toContain('Stop the probe');
    expect(world.truth(names.fargate)?.desired).toBe(0);
    expect(world.strayTasks()).toEqual([]);
    expect(world.world.cloud.iam.denials()).toEqual([]);
  });

  it('get the release from our registry, where what ran is in a repository of the same name in another', {
    timeout: 60_000,
  }, async () => {
    const world = await boot();
    const foreign = `999988887777.dkr.ecr.eu-west-1.amazonaws.com/${repositoryName}:v0`;
    const { taskDefinition } = await world.call<DescribeTaskDefinitionResponse>(
      'ecs',
      'RegisterTaskDefinition',
      definition('fargate', [], foreign),
    );
    await world.call('ecs', 'UpdateService', {
      cluster,
      service: names.fargate,
      taskDefinition: taskDefinition?.taskDefinitionArn,
      desiredCount: 0,
    });
    await world.pass(300);
    const { said, exit } = await typed(world, `adopt ${service} --json`);
    expect(exit).toBe(0);
    const reasons = (JSON.parse(said) as Adoption).twins.flatMap(({ obstacles }) =>
      obstacles.map(({ reason }) => reason),
    );
    expect(reasons).toContain(
      `${foreign} is not in the registry 123456789012.dkr.ecr.us-east-1.amazonaws.com: each release will run an image of its repository ${repositoryName}.`,
    );
    const digest = world.push('v1');
    expect(await world.end(await world.executionOf(digest))).toMatchObject({ verdict: 'completed' });
    for (const place of places) expect(imageOf(world, place)).toBe(`${repository}@${digest}`);
  });
});

/** What a command prints in front of a world, and which calls it makes. */
const typed = async (
  { world }: RolloutWorld,
  line: string,
): Promise<{ readonly said: string; readonly exit: number; readonly calls: readonly string[] }> => {
  const said: string[] = [];
  const calls: string[] = [];
  let exit = 0;
  const clients = virtualClients(
    world.cloud,
    () => world.cloud.operator,
    () => true,
  );
  const ecs = {
    send: (command: object) => {
      calls.push(command.constructor.name.replace(/Command$/, ''));
      return (clients.ecs as { send: (command: object) => unknown }).send(command);
    },
  };
  const tell = (text: string): void => void said.push(text);
  await world.settle(
    runProgram(
      {
        configuration: async () => world.configuration,
        connection: () =>
          ({ ...clients, ecs, to: 'the virtual world' }) as unknown as ReturnType<Context['connection']>,
        clock: { now: () => world.kernel.now(), sleep: async () => undefined },
        out: tell,
        progress: tell,
        actor: 'ada',
        exit: (code) => {
          exit = code;
        },
      },
      line.split(' '),
    ),
    60_000,
  );
  return { said: said.join('\n'), exit, calls };
};

describe('npx spillway adopt', () => {
  it('tells what would be written, what is left as it is and what to know, and calls nothing that writes', async () => {
    const world = await boot();
    await world.pass(300);
    const { said, exit, calls } = await typed(world, `adopt ${service} --json`);
    expect(exit).toBe(0);
    expect(new Set(calls)).toEqual(
      new Set(['DescribeServices', 'DescribeTaskDefinition', 'ListTasks', 'DescribeTasks']),
    );
    const { adoptable, twins, obstacles, configuration } = JSON.parse(said) as Adoption;
    expect(adoptable).toBe(true);
    expect(twins.map(({ ecsService, capacity }) => [ecsService, capacity])).toEqual([
      [names.fargate, 'fargate'],
      [names.external, 'external'],
    ]);
    expect(twins[1]?.owns[0]).toEqual({
      field: 'taskDefinition',
      now: 'Legacy_Worker:1',
      written: `by each rollout: a revision of the family spillway-${service}-external, made from what runs`,
    });
    expect(twins[1]?.leaves).toMatchObject({
      launchType: '"EXTERNAL"',
      placementStrategy: '[{"type":"spread","field":"instanceId"}]',
      tags: '{"team":"legacy"}',
    });
    expect(twins[1]?.leavesOfTask).toMatchObject({
      tags: '{"cost-centre":"4711"}',
      [`containerDefinitions[${service}].environment`]: '["MODE"]',
      'containerDefinitions[metrics].image': `"${repository}:metrics"`,
    });
    expect(twins[1]?.obstacles.map(({ outcome, field }) => [outcome, field])).toEqual([
      ['warns', 'deploymentConfiguration.deploymentCircuitBreaker.enable'],
      ['unseen', 'scaling policies'],
      ['warns', `containerDefinitions[${service}].image`],
    ]);
    expect(obstacles).toMatchObject([{ mend: expect.stringMatching(/npx spillway deploy order-processor sha256:/) }]);
    expect(configuration).toContain("          executionRoleArn: 'arn:aws:iam::123456789012:role/legacy/starts',");
    // Pasted into a configuration, it is accepted, and says what these worlds are installed with.
    const source = `export default { queues: {}, tables: [], ${configuration} };`;
    const pasted = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as {
      default: ConfigurationInput;
    };
    const { existing, services } = defineConfiguration(pasted.default);
    expect(existing.clusterName).toBe(cluster);
    expect(services[service]?.repository).toBe(repositoryName);
    for (const place of places)
      expect(services[service]?.[place]?.adopted).toEqual(
        world.world.configuration.services[service]?.[place]?.adopted,
      );
    const text = await typed(world, `adopt ${service}`);
    expect(text.said).toMatch(/\n {2}Legacy_Worker, its twin on external\n {2}Spillway would write\n/);
  });

  it('states a size that the configuration accepts, and a plan right after it changes none', {
    timeout: 60_000,
  }, async () => {
    const world = await boot();
    const resize = async (place: Place, size: { readonly cpu?: string; readonly memory: string }): Promise<void> => {
      await world.call('ecs', 'RegisterTaskDefinition', definition(place, [], `${repository}:v0`, 'X86_64', size));
      await world.call('ecs', 'UpdateService', { cluster, service: names[place], taskDefinition: names[place] });
    };
    await resize('external', { memory: '700' });
    await resize('fargate', { cpu: '1024', memory: '3072' });
    await world.pass(300);
    const adoption = JSON.parse((await typed(world, `adopt ${service} --json`)).said) as Adoption;
    const source = `export default { queues: {}, tables: [], ${adoption.configuration} };`;
    const pasted = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as {
      default: ConfigurationInput;
    };
    expect(defineConfiguration(pasted.default).services[service]).toMatchObject({ cpuUnits: 1_024, memoryMiB: 3_072 });
    expect(adoption.obstacles).toContainEqual(expect.objectContaining({ field: 'cpu and memory', outcome: 'warns' }));
    const digest = world.push('v1');
    const { said, exit } = await typed(world, `plan ${service} ${digest} --json`);
    expect(exit).toBe(0);
    const { twins } = JSON.parse(said) as ReleasePlan;
    expect(twins.map(({ twin, changes }) => [twin, changes.map(({ field }) => field)])).toEqual([
      [names.fargate, [`containerDefinitions[${service}].image`]],
      [names.external, [`containerDefinitions[${service}].image`]],
    ]);
  });

  it('says what stands in the way, and leaves with exit code 2', async () => {
    const world = await boot();
    await world.pass(300);
    await world.call('ecs', 'UpdateService', {
      cluster,
      service: names.external,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    const { said, exit } = await typed(world, `adopt ${service}`);
    expect(exit).toBe(2);
    expect(said).toContain(
      `${service} cannot be adopted so: ECS rolls a failed deployment back by itself: it would move one twin, where Spillway moves all of them.`,
    );
  });

  it('refuses what runs on a platform for which nothing is released', async () => {
    const world = await boot();
    const { taskDefinition } = await world.call<DescribeTaskDefinitionResponse>(
      'ecs',
      'RegisterTaskDefinition',
      definition('fargate', [], `${repository}:v0`, 'ARM64'),
    );
    await world.call('ecs', 'UpdateService', {
      cluster,
      service: names.fargate,
      taskDefinition: taskDefinition?.taskDefinitionArn,
      desiredCount: 0,
    });
    await world.pass(300);
    const { said, exit } = await typed(world, `adopt ${service}`);
    expect(exit).toBe(2);
    expect(said).toContain(
      `${service} cannot be adopted so: ${names.fargate} runs on LINUX/ARM64, and of an image only`,
    );
  });

  it('says of a wrong name what is accepted', async () => {
    const world = await boot();
    const wrong = async (line: string): Promise<string> => {
      const { said, exit } = await typed(world, line);
      expect(exit).toBe(2);
      return said;
    };
    expect(await wrong('adopt Shop')).toMatch(/^'Shop' is no name for a service\. Accepted: lower-case letters/);
    expect(await wrong('adopt shop')).toBe(
      "spillway.config.ts adopts no ECS service as shop: name those to look at, as in 'spillway adopt shop <ecs-service>'.",
    );
    expect(await wrong('adopt shop gone')).toBe(
      'shop, in the cluster legacy\n\n  Of all of them\n    NO  service  There is no ECS service gone in the cluster legacy.\n                 Name one that there is; --cluster names another cluster.\n\nshop cannot be adopted so: There is no ECS service gone in the cluster legacy.',
    );
    expect(await wrong('adopt shop a --cluster nowhere')).toBe(
      'There is no cluster nowhere here. --cluster names another one.',
    );
    expect(await wrong(`adopt shop ${'abcdefghijk'.split('').join(' ')}`)).toBe(
      '11 ECS services were named. Accepted: at most 10.',
    );
  });
});
