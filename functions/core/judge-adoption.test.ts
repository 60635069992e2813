import { describe, expect, it } from 'vitest';
import { type AdoptionFacts, type FoundService, judgeAdoption, type Obstacle } from './judge-adoption.ts';

const digest = `sha256:${'a1'.repeat(32)}`;
const other = `sha256:${'b2'.repeat(32)}`;
const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const uri = `${registry}/shop`;
const role = (name: string): string => `arn:aws:iam::123456789012:role/${name}`;

/** Nothing stands in its way. */
const found: FoundService = {
  name: 'old-shop',
  status: 'ACTIVE',
  launchType: 'FARGATE',
  providers: [],
  schedulingStrategy: 'REPLICA',
  deploymentController: 'ECS',
  strategy: 'ROLLING',
  desiredCount: 2,
  percents: { minimumHealthyPercent: 100, maximumPercent: 200 },
  circuitBreaker: { enable: true, rollback: false },
  alarmsRollBack: false,
  deploying: false,
  registry,
  stack: undefined,
  kept: { platformVersion: '"1.4.0"' },
  task: {
    revision: 'shop-td:7',
    cpuUnits: 512,
    memoryMiB: 1_024,
    platform: 'LINUX/X86_64',
    taskRoleArn: role('works'),
    executionRoleArn: role('starts'),
    containers: ['shop', 'metrics'],
    container: { name: 'shop', image: `${uri}@${digest}` },
    kept: { cpu: '"512"' },
  },
  digests: [digest],
};

const judge = (change: Partial<FoundService>, facts: Partial<AdoptionFacts> = {}) =>
  judgeAdoption({
    service: 'shop',
    repository: undefined,
    cluster: 'production',
    found: [{ ...found, ...change }],
    missing: [],
    configured: {},
    burst: undefined,
    ...facts,
  });
const task = (change: Partial<FoundService['task']>): Partial<FoundService> => ({ task: { ...found.task, ...change } });
const unseen: Obstacle = {
  outcome: 'unseen',
  field: 'scaling policies',
  reason: 'Whether Application Auto Scaling or somebody else sets its desired count is not seen here.',
  mend: 'Rollouts leave counts alone; without a burst of the service they get along.',
};
const breakerOff =
  "aws ecs update-service --service old-shop --deployment-configuration 'deploymentCircuitBreaker={enable=true,rollback=false}'";

describe('an ECS service that somebody else has made', () => {
  it('can be adopted: what is written of it, what stays, and what to know are told', () => {
    expect(judge({})).toEqual({
      service: 'shop',
      cluster: 'production',
      adoptable: true,
      reason: 'shop can be adopted: write this into spillway.config.ts, and deploy the stacks.',
      twins: [
        {
          ecsService: 'old-shop',
          capacity: 'fargate',
          owns: [
            {
              field: 'taskDefinition',
              now: 'shop-td:7',
              written: 'by each rollout: a revision of the family spillway-shop-fargate, made from what runs',
            },
            {
              field: 'containerDefinitions[shop].image',
              now: `${uri}@${digest}`,
              written: 'by each rollout: <the registry>/shop@<digest of the release>',
            },
            { field: 'desiredCount', now: '2', written: 'by bursts and scale, never by a rollout' },
            {
              field: 'revisions of the family spillway-shop-fargate',
              now: '',
              written: 'deregistered but for the newest (rollout.keepRevisions) and those that a release may need',
            },
            {
              field: 'tags spillway-keep-… in the repository shop',
              now: '',
              written: 'on each image that was proved; a lifecycle rule should spare them',
            },
          ],
          leaves: { platformVersion: '"1.4.0"' },
          leavesOfTask: { cpu: '"512"' },
          obstacles: [unseen],
        },
      ],
      obstacles: [
        {
          outcome: 'warns',
          field: 'running digests',
          reason: 'All that runs is sha256:a1a1a1a1a1a1, which nothing has proved yet.',
          mend: `When it is adopted: npx spillway deploy shop ${digest}`,
        },
      ],
      configuration: [
        "  existing: { clusterName: 'production' },",
        '  services: {',
        "    'shop': {",
        '      cpuUnits: 512,',
        '      memoryMiB: 1024,',
        '      fargate: {',
        '        baseTasks: 2,',
        '        adopted: {',
        "          service: 'old-shop',",
        "          taskRoleArn: 'arn:aws:iam::123456789012:role/works',",
        "          executionRoleArn: 'arn:aws:iam::123456789012:role/starts',",
        '        },',
        '      },',
        '    },',
        '  },',
      ].join('\n'),
    });
  });

  it('states the size of what runs on Fargate, and says that the other twin keeps its own', () => {
    const onPremises: FoundService = {
      ...found,
      name: 'old-shop-dc',
      launchType: 'EXTERNAL',
      task: { ...found.task, cpuUnits: 0, memoryMiB: 700 },
    };
    const both = judge({}, { found: [onPremises, found] });
    expect(both.configuration).toContain('      cpuUnits: 512,\n      memoryMiB: 1024,\n');
    expect(both.obstacles).toContainEqual({
      outcome: 'warns',
      field: 'cpu and memory',
      reason:
        'old-shop-dc has 0 CPU units and 700 MiB, old-shop has 512 CPU units and 1024 MiB: the configuration states one size, that of old-shop, by which bursts are reckoned.',
      mend: 'Each keeps its own in every release. A twin that the stacks make has the one of the configuration.',
    });
    // A task on a machine of one's own may state no CPU, and the configuration does not accept that.
    expect(judge({}, { found: [onPremises] }).configuration).toContain(
      '      cpuUnits: 128, // its task definition says none\n      memoryMiB: 700,\n',
    );
    expect(judge({}, { found: [{ ...onPremises, task: found.task }, found] }).obstacles).toHaveLength(1);
  });

  it('states the least size that a task may have as it is', () => {
    const least = judge({ launchType: 'EXTERNAL', ...task({ cpuUnits: 128, memoryMiB: 6 }) });
    expect(least.configuration).toContain('      cpuUnits: 128,\n      memoryMiB: 6,\n');
  });

  it('is neither in the configuration nor compared by its size where it runs on neither capacity', () => {
    const onMachines: FoundService = { ...found, name: 'old-ec2', launchType: 'EC2', ...task({ cpuUnits: 2_048 }) };
    const { configuration, obstacles } = judge({}, { found: [found, onMachines] });
    expect(configuration).toBe(judge({}).configuration);
    expect(obstacles.map(({ field }) => field)).toEqual(['running digests']);
  });

  it.each<[string, Partial<FoundService>, Omit<Obstacle, 'outcome'>]>([
    [
      'is being deleted',
      { status: 'DRAINING' },
      { field: 'status', reason: 'old-shop is DRAINING.', mend: 'Adopt a service that is ACTIVE.' },
    ],
    [
      'runs on instances',
      { launchType: 'EC2' },
      {
        field: 'launchType',
        reason: 'old-shop runs on EC2; a twin runs on EXTERNAL, FARGATE or FARGATE_SPOT.',
        mend: 'ECS cannot change a launch type: make another ECS service for it.',
      },
    ],
    [
      'runs on a capacity provider of instances, too',
      { launchType: undefined, providers: [{ capacityProvider: 'FARGATE' }, { capacityProvider: 'asg' }] },
      {
        field: 'launchType',
        reason: 'old-shop runs on FARGATE, asg; a twin runs on EXTERNAL, FARGATE or FARGATE_SPOT.',
        mend: 'ECS cannot change a launch type: make another ECS service for it.',
      },
    ],
    [
      'is deployed by CodeDeploy',
      { deploymentController: 'CODE_DEPLOY' },
      {
        field: 'deploymentController',
        reason: 'The deployment controller is CODE_DEPLOY: UpdateService does not move its task definition.',
        mend: "Have it deployed by the controller 'ECS'.",
      },
    ],
    [
      'is deployed blue and green',
      { strategy: 'BLUE_GREEN' },
      {
        field: 'deploymentConfiguration.strategy',
        reason: 'The deployment strategy is BLUE_GREEN: its stages are not followed, and both releases run at once.',
        mend: "Change it to 'ROLLING'.",
      },
    ],
    [
      'runs a task on each machine',
      { schedulingStrategy: 'DAEMON' },
      {
        field: 'schedulingStrategy',
        reason: 'The scheduling strategy is DAEMON: it has no desired count that a rollout could wait for.',
        mend: "Make the service anew under the strategy 'REPLICA'.",
      },
    ],
    [
      'is rolled back by ECS',
      { circuitBreaker: { enable: true, rollback: true } },
      {
        field: 'deploymentConfiguration.deploymentCircuitBreaker.rollback',
        reason:
          'ECS rolls a failed deployment back by itself: it would move one twin, where Spillway moves all of them.',
        mend: breakerOff,
      },
    ],
    [
      'is rolled back by alarms',
      { alarmsRollBack: true },
      {
        field: 'deploymentConfiguration.alarms.rollback',
        reason: 'Alarms make ECS roll a deployment back by itself.',
        mend: 'Switch that off, and name the alarms in rollout.alarms.',
      },
    ],
    [
      'could not be deployed at its count',
      { desiredCount: 1, percents: { minimumHealthyPercent: 50, maximumPercent: 150 } },
      {
        field: 'deploymentConfiguration',
        reason: 'With 50 and 150 percent no deployment could start or stop a task at a count of 1.',
        mend: 'Give it a higher maximumPercent or a lower minimumHealthyPercent.',
      },
    ],
  ])('that %s cannot be adopted so', (_what, change, expected) => {
    const { adoptable, reason, twins } = judge(change);
    expect(twins[0]?.obstacles).toEqual([{ outcome: 'refuses', ...expected }, unseen]);
    expect(adoptable).toBe(false);
    expect(reason).toBe(`shop cannot be adopted so: ${expected.reason}`);
  });

  it.each<[string, Partial<FoundService>, Omit<Obstacle, 'outcome'>]>([
    [
      'has no circuit breaker, whatever its rollback says',
      { circuitBreaker: { enable: false, rollback: true } },
      {
        field: 'deploymentConfiguration.deploymentCircuitBreaker.enable',
        reason:
          'Without a circuit breaker a deployment whose tasks cannot be placed ends only at the deadline of its rollout.',
        mend: breakerOff,
      },
    ],
    [
      'is being deployed',
      { deploying: true },
      { field: 'deployments', reason: 'A deployment is under way.', mend: 'Wait for its end before you adopt it.' },
    ],
    [
      'a stack has made',
      { stack: 'legacy' },
      {
        field: 'tags.aws:cloudformation:stack-name',
        reason:
          "The stack legacy made it: an update of that stack which touches the service, and its rollback, write the template's task definition and count back.",
        mend: 'Take it out of the stack (DeletionPolicy: Retain), or leave the service alone in its updates.',
      },
    ],
  ])('that %s can be adopted, and is warned of', (_what, change, expected) => {
    const { adoptable, twins } = judge(change);
    expect(twins[0]?.obstacles).toEqual([{ outcome: 'warns', ...expected }, unseen]);
    expect(adoptable).toBe(true);
  });

  it('is a twin on premises by its launch type, and in the cloud by Fargate’s capacity providers', () => {
    const capacity = (change: Partial<FoundService>) => judge(change).twins[0]?.capacity;
    expect(capacity({ launchType: 'EXTERNAL' })).toBe('external');
    const strategy = (...names: string[]) =>
      capacity({ launchType: undefined, providers: names.map((capacityProvider) => ({ capacityProvider })) });
    expect(strategy('FARGATE_SPOT', 'FARGATE')).toBe('fargate');
    expect([strategy('MY_FARGATE'), strategy('FARGATE_SPOTS'), strategy()]).toEqual([undefined, undefined, undefined]);
    expect(judge({ launchType: 'EC2' }).twins[0]?.owns[0]?.written).toContain('the family of its own, made');
    expect(judge({ launchType: 'EC2' }).configuration).toBe('');
  });
});

it('is warned of where its strategy spreads tasks otherwise than the burst reckons', () => {
  const providers = [
    { capacityProvider: 'FARGATE', base: 2, weight: 1 },
    { capacityProvider: 'FARGATE_SPOT', weight: 3 },
  ];
  const told = (change: Partial<FoundService>, burst: AdoptionFacts['burst']) =>
    judge(change, { burst }).twins[0]?.obstacles.filter(({ outcome }) => outcome !== 'unseen');
  const onSpot = { launchType: undefined, providers };
  expect(told(onSpot, { spot: undefined })).toEqual([
    {
      outcome: 'warns',
      field: 'capacityProviderStrategy',
      reason:
        'old-shop runs 75 % of its tasks beyond the first 2 on Fargate Spot, and the configuration says none of its tasks (burst.spotShare, burst.onDemandBase): money is reckoned by the latter.',
      mend: 'Say in burst.spotShare and burst.onDemandBase what its strategy says, or change the strategy and force a new deployment.',
    },
  ]);
  expect(told(onSpot, { spot: { share: 0.75, onDemandBase: 2 } })).toEqual([]);
  // Without a burst nobody reckons, and on premises there is no Spot.
  expect(told(onSpot, undefined)).toEqual([]);
  expect(told({ launchType: 'EXTERNAL' }, { spot: { share: 0.5, onDemandBase: 0 } })).toEqual([]);
});

describe('the platform that it runs on', () => {
  it.each(['LINUX/ARM64', 'WINDOWS_SERVER_2022_CORE/X86_64'])('is no %s: only linux/amd64 is released', (platform) => {
    const { adoptable, twins } = judge(task({ platform }));
    expect(adoptable).toBe(false);
    expect(twins[0]?.obstacles[1]).toEqual({
      outcome: 'refuses',
      field: 'runtimePlatform',
      reason: `old-shop runs on ${platform}, and of an image only what is built for linux/amd64 is released.`,
      mend: 'Build the image for linux/amd64, and let the task definition say LINUX and X86_64.',
    });
  });
});

describe('the image that runs', () => {
  const told = (image: string) => judge(task({ container: { name: 'app', image } })).twins[0]?.obstacles.slice(1);
  const byTag = {
    outcome: 'warns',
    field: 'containerDefinitions[app].image',
    reason: 'What runs is named by a tag: a first rollout that fails goes back to whatever image the tag then names.',
    mend: 'Roll the digest that runs out first: from then on it is proved and kept.',
  };

  it('is known by its digest, or else by a tag that may move', () => {
    expect(told(`${uri}@${digest}`)).toEqual([]);
    expect(told(`${uri}:v1`)).toEqual([byTag]);
    expect(told(uri)).toEqual([byTag]);
    expect(told(`${uri}@${digest}x`)).toEqual([byTag]);
  });

  it('is replaced by one of its own repository, which the configuration then names, or of the one that it names already', () => {
    expect(told(`123456789012.dkr-ecr.eu-west-1.on.aws/shop@${digest}`)).toEqual([]);
    const image = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/shop@${digest}`;
    const container = { name: 'shop', image };
    const own = judge(task({ container }));
    expect(own.twins[0]?.obstacles).toEqual([unseen]);
    expect(own.twins[0]?.owns.map(({ field, written }) => `${field}: ${written}`)).toEqual(
      expect.arrayContaining([
        'containerDefinitions[shop].image: by each rollout: <the registry>/team/shop@<digest of the release>',
        expect.stringContaining('in the repository team/shop: on each image'),
      ]),
    );
    expect(own.configuration).toContain("      memoryMiB: 1024,\n      repository: 'team/shop',\n      fargate: {");
    const configured = judge(task({ container }), { repository: 'shop' });
    expect(configured.twins[0]?.obstacles.slice(1)).toEqual([
      {
        outcome: 'warns',
        field: 'containerDefinitions[shop].image',
        reason: 'It runs an image of team/shop: each release will run one of the repository shop.',
        mend: "Write repository: 'team/shop', or push to shop what runs.",
      },
    ]);
    expect(configured.configuration).not.toContain('repository');
    for (const foreign of [
      `docker.io/library/shop@${digest}`,
      `ghcr.io/shop@${digest}`,
      `shop@${digest}`,
      `999988887777.dkr.ecr.eu-west-1.amazonaws.com/shop@${digest}`,
      `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@${digest}`,
      `x${uri}@${digest}`,
      `1${uri}@${digest}`,
      `${registry}.cn/shop@${digest}`,
    ]) {
      expect(told(foreign)).toEqual([
        {
          outcome: 'warns',
          field: 'containerDefinitions[app].image',
          reason: `${foreign} is not in the registry ${registry}: each release will run an image of its repository shop.`,
          mend: 'Make that repository, let the execution role pull from it, and push there what runs.',
        },
      ]);
    }
  });

  it('names no repository for the configuration, where it is in another registry', () => {
    const container = { name: 'shop', image: `999988887777.dkr.ecr.eu-west-1.amazonaws.com/team/shop@${digest}` };
    const { twins, configuration } = judge(task({ container }));
    expect(twins[0]?.obstacles[1]?.reason).toContain('each release will run an image of its repository shop.');
    expect(configuration).not.toContain('repository');
  });

  it('cannot be told where no container can', () => {
    const { twins, adoptable } = judge(task({ container: undefined }));
    expect(twins[0]?.obstacles[1]).toEqual({
      outcome: 'refuses',
      field: 'containerDefinitions',
      reason: 'Which of shop, metrics is shop cannot be told.',
      mend: "Name a container 'shop', or give one an image from the repository shop.",
    });
    expect(twins[0]?.owns.map(({ field }) => field)).not.toContain('containerDefinitions[shop].image');
    expect(adoptable).toBe(false);
  });

  it('is gone back to by its revision where no task runs, and by twin where different ones do', () => {
    expect(judge({ digests: [] }).obstacles).toEqual([
      {
        outcome: 'warns',
        field: 'running digests',
        reason: 'No running task tells its digest: what would be gone back to is known by its revision alone.',
        mend: 'A first rollout that fails goes back to the revisions that are found.',
      },
    ]);
    const two = [found, { ...found, name: 'old-site', launchType: 'EXTERNAL', digests: [other, digest] }];
    expect(judge({}, { found: two }).obstacles).toEqual([
      {
        outcome: 'warns',
        field: 'running digests',
        reason:
          'Different images run: sha256:a1a1a1a1a1a1 and sha256:b2b2b2b2b2b2. The first rollout brings all twins to one; if it fails, each goes back to its own.',
        mend: 'Roll one of them out first, by its digest.',
      },
    ]);
  });
});

describe('what the configuration says of it', () => {
  const configured = (adopted: object) =>
    judge({}, { configured: { 'old-shop': { service: 'old-shop', ...adopted } } }).twins[0]?.obstacles.slice(1);

  it('has to name the roles that it has, since the controller may pass on no others', () => {
    expect(configured({ taskRoleArn: role('works'), executionRoleArn: role('starts') })).toEqual([]);
    expect(configured({ executionRoleArn: role('others') })).toEqual([
      {
        outcome: 'refuses',
        field: 'taskRoleArn',
        reason: `old-shop has ${role('works')}, and the configuration says none: the controller may not pass it on.`,
        mend: 'Write it as adopted.taskRoleArn.',
      },
      {
        outcome: 'refuses',
        field: 'executionRoleArn',
        reason: `old-shop has ${role('starts')}, and the configuration says ${role('others')}: the controller may not pass it on.`,
        mend: 'Write it as adopted.executionRoleArn.',
      },
    ]);
  });

  it('leaves out a role that it does not have', () => {
    const without = judge(task({ taskRoleArn: undefined }), {
      configured: {
        'old-shop': { service: 'old-shop', taskRoleArn: role('works'), executionRoleArn: role('starts') },
      },
    });
    expect(without.twins[0]?.obstacles.slice(1)).toEqual([
      {
        outcome: 'refuses',
        field: 'taskRoleArn',
        reason: `old-shop has none, and the configuration says ${role('works')}: the controller may not pass it on.`,
        mend: 'Leave adopted.taskRoleArn out.',
      },
    ]);
    expect(without.configuration).not.toContain('taskRoleArn');
  });
});

describe('several ECS services', () => {
  it('are one service where each runs on its own capacity', () => {
    const two = [found, { ...found, name: 'old-site', launchType: 'EXTERNAL' }];
    const { adoptable, configuration, twins } = judge({}, { found: two });
    expect(adoptable).toBe(true);
    expect(twins.map(({ capacity }) => capacity)).toEqual(['fargate', 'external']);
    expect(configuration).toMatch(/ {6}fargate: \{.*service: 'old-shop'.* {6}external: \{.*service: 'old-site'/s);
  });

  it('are not where two run on one, and one that ECS does not know is none', () => {
    const two = [found, { ...found, name: 'other' }];
    const { adoptable, obstacles, reason } = judge({}, { found: two, missing: ['gone'] });
    expect(adoptable).toBe(false);
    expect(reason).toBe(
      'shop cannot be adopted so: There is no ECS service gone in the cluster production. old-shop and other both run on fargate, and a service has one twin there.',
    );
    expect(obstacles.slice(0, 2)).toEqual([
      {
        outcome: 'refuses',
        field: 'service',
        reason: 'There is no ECS service gone in the cluster production.',
        mend: 'Name one that there is; --cluster names another cluster.',
      },
      {
        outcome: 'refuses',
        field: 'fargate',
        reason: 'old-shop and other both run on fargate, and a service has one twin there.',
        mend: 'Adopt them as two services.',
      },
    ]);
    expect(judge({}, { found: [], missing: ['gone'] })).toEqual({
      service: 'shop',
      cluster: 'production',
      adoptable: false,
      reason: 'shop cannot be adopted so: There is no ECS service gone in the cluster production.',
      twins: [],
      obstacles: obstacles.slice(0, 1),
      configuration: '',
    });
  });
});
