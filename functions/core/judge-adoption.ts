import { type Adopted, adoptedFamily, type Capacity, isStuck, keepTagPrefix, type SpotShare } from './configuration.ts';
import { registryHosts, registryOf, repositoryPathOf, repositoryUriOf, shortDigest } from './image-reference.ts';
import { type FoundProvider, strategySentence } from './spot-share.ts';

/** What adopting ECS services that somebody else has made would mean, as `adopt` tells it. Nothing of it is remembered. */

/** An ECS service, as far as it matters to whoever would roll it out. */
export interface FoundService {
  readonly name: string;
  /** `ACTIVE`, `DRAINING` or `INACTIVE`. */
  readonly status: string;
  /** `FARGATE`, `EXTERNAL`, `EC2`; undefined where a capacity provider strategy stands instead. */
  readonly launchType: string | undefined;
  readonly providers: readonly FoundProvider[];
  /** `REPLICA` or `DAEMON`. */
  readonly schedulingStrategy: string;
  /** `ECS`, `CODE_DEPLOY` or `EXTERNAL`. */
  readonly deploymentController: string;
  /** `ROLLING`, `BLUE_GREEN`, … */
  readonly strategy: string;
  readonly desiredCount: number;
  readonly percents: { readonly minimumHealthyPercent: number; readonly maximumPercent: number };
  readonly circuitBreaker: { readonly enable: boolean; readonly rollback: boolean };
  /** Whether alarms of a deployment make ECS roll it back. */
  readonly alarmsRollBack: boolean;
  readonly deploying: boolean;
  /** Host of the registry of its account, in its Region: the one from which releases come. */
  readonly registry: string;
  /** Name of the CloudFormation stack that made it. */
  readonly stack: string | undefined;
  /** What else is set on it and stays, by field, as JSON. */
  readonly kept: Readonly<Record<string, string>>;
  readonly task: FoundTask;
  /** Digests of the service's container in the tasks that run, each once. */
  readonly digests: readonly string[];
}

export interface FoundTask {
  /** `orders:7`. */
  readonly revision: string;
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  /** Operating system and architecture: `LINUX/X86_64`; what says neither is that. */
  readonly platform: string;
  readonly taskRoleArn: string | undefined;
  readonly executionRoleArn: string | undefined;
  readonly containers: readonly string[];
  /** The container that a release would be of; undefined where none can be told to be. */
  readonly container: { readonly name: string; readonly image: string } | undefined;
  /** What else is set in it and stays, by field, as JSON. */
  readonly kept: Readonly<Record<string, string>>;
}

/** Something that stands in the way, or that whoever adopts should know. */
export interface Obstacle {
  /** `refuses`: it cannot be adopted so. `warns`: it can, and this comes of it. `unseen`: it was not looked at. */
  readonly outcome: 'refuses' | 'warns' | 'unseen';
  readonly field: string;
  readonly reason: string;
  /** What to do about it. */
  readonly mend: string;
}

/** A field that is written, and when. */
export interface OwnedField {
  readonly field: string;
  readonly now: string;
  readonly written: string;
}

export interface AdoptedTwin {
  readonly ecsService: string;
  /** Undefined where it runs on neither. */
  readonly capacity: Capacity | undefined;
  readonly owns: readonly OwnedField[];
  /** What is never written, field and value. */
  readonly leaves: Readonly<Record<string, string>>;
  /** What each release takes over from the task definition that runs. */
  readonly leavesOfTask: Readonly<Record<string, string>>;
  readonly obstacles: readonly Obstacle[];
}

export interface Adoption {
  readonly service: string;
  readonly cluster: string;
  readonly adoptable: boolean;
  readonly reason: string;
  readonly twins: readonly AdoptedTwin[];
  /** What is about all of them. */
  readonly obstacles: readonly Obstacle[];
  /** The part of spillway.config.ts that adopts them. */
  readonly configuration: string;
}

export interface AdoptionFacts {
  readonly service: string;
  /** Repository that its releases come from, as configured; undefined: that of what runs, else one of the service's name. */
  readonly repository: string | undefined;
  readonly cluster: string;
  readonly found: readonly FoundService[];
  /** Names that ECS does not know in this cluster. */
  readonly missing: readonly string[];
  /** What the configuration says of those that it names already, by ECS service. */
  readonly configured: Readonly<Record<string, Adopted>>;
  /** How the configuration spreads what bursts start over on demand and Spot; undefined: it has no burst of this service. */
  readonly burst: { readonly spot: SpotShare | undefined } | undefined;
}

const obstacle =
  (outcome: Obstacle['outcome']) =>
  (field: string, reason: string, mend: string): Obstacle => ({ outcome, field, reason, mend });
const refuses = obstacle('refuses');
const warns = obstacle('warns');
const unseen = obstacle('unseen');

/** The repository of what runs, where it is in the registry from which releases come. */
const repositoryOfRunning = ({ registry, task }: FoundService): string | undefined => {
  const uri = repositoryUriOf(task.container?.image ?? '');
  return registryHosts(registry, undefined).includes(registryOf(uri) ?? '') ? repositoryPathOf(uri) : undefined;
};

const capacityOf = ({ launchType, providers }: FoundService): Capacity | undefined => {
  if (launchType === 'FARGATE') return 'fargate';
  if (launchType === 'EXTERNAL') return 'external';
  const onFargate =
    providers.length > 0 && providers.every(({ capacityProvider = '' }) => /^FARGATE(_SPOT)?$/.test(capacityProvider));
  return onFargate ? 'fargate' : undefined;
};

/** How ECS deploys the service, and where: what UpdateService cannot change, or would act beside the controller. */
const obstaclesOfService = (found: FoundService, capacity: Capacity | undefined): readonly Obstacle[] => {
  const { name, desiredCount, percents, circuitBreaker } = found;
  const obstacles: Obstacle[] = [];
  if (found.status !== 'ACTIVE')
    obstacles.push(refuses('status', `${name} is ${found.status}.`, 'Adopt a service that is ACTIVE.'));
  if (!capacity) {
    const on = found.launchType ?? found.providers.map(({ capacityProvider }) => capacityProvider).join(', ');
    obstacles.push(
      refuses(
        'launchType',
        `${name} runs on ${on}; a twin runs on EXTERNAL, FARGATE or FARGATE_SPOT.`,
        'ECS cannot change a launch type: make another ECS service for it.',
      ),
    );
  }
  if (found.deploymentController !== 'ECS')
    obstacles.push(
      refuses(
        'deploymentController',
        `The deployment controller is ${found.deploymentController}: UpdateService does not move its task definition.`,
        "Have it deployed by the controller 'ECS'.",
      ),
    );
  if (found.strategy !== 'ROLLING')
    obstacles.push(
      refuses(
        'deploymentConfiguration.strategy',
        `The deployment strategy is ${found.strategy}: its stages are not followed, and both releases run at once.`,
        "Change it to 'ROLLING'.",
      ),
    );
  if (found.schedulingStrategy !== 'REPLICA')
    obstacles.push(
      refuses(
        'schedulingStrategy',
        `The scheduling strategy is ${found.schedulingStrategy}: it has no desired count that a rollout could wait for.`,
        "Make the service anew under the strategy 'REPLICA'.",
      ),
    );
  if (circuitBreaker.enable && circuitBreaker.rollback)
    obstacles.push(
      refuses(
        'deploymentConfiguration.deploymentCircuitBreaker.rollback',
        'ECS rolls a failed deployment back by itself: it would move one twin, where Spillway moves all of them.',
        `aws ecs update-service --service ${name} --deployment-configuration 'deploymentCircuitBreaker={enable=true,rollback=false}'`,
      ),
    );
  if (!circuitBreaker.enable)
    obstacles.push(
      warns(
        'deploymentConfiguration.deploymentCircuitBreaker.enable',
        'Without a circuit breaker a deployment whose tasks cannot be placed ends only at the deadline of its rollout.',
        `aws ecs update-service --service ${name} --deployment-configuration 'deploymentCircuitBreaker={enable=true,rollback=false}'`,
      ),
    );
  if (found.alarmsRollBack)
    obstacles.push(
      refuses(
        'deploymentConfiguration.alarms.rollback',
        'Alarms make ECS roll a deployment back by itself.',
        'Switch that off, and name the alarms in rollout.alarms.',
      ),
    );
  if (isStuck(desiredCount, percents))
    obstacles.push(
      refuses(
        'deploymentConfiguration',
        `With ${percents.minimumHealthyPercent} and ${percents.maximumPercent} percent no deployment could start or stop a task at a count of ${desiredCount}.`,
        'Give it a higher maximumPercent or a lower minimumHealthyPercent.',
      ),
    );
  if (found.deploying)
    obstacles.push(warns('deployments', 'A deployment is under way.', 'Wait for its end before you adopt it.'));
  if (found.stack !== undefined)
    obstacles.push(
      warns(
        'tags.aws:cloudformation:stack-name',
        `The stack ${found.stack} made it: an update of that stack which touches the service, and its rollback, write the template's task definition and count back.`,
        'Take it out of the stack (DeletionPolicy: Retain), or leave the service alone in its updates.',
      ),
    );
  obstacles.push(
    unseen(
      'scaling policies',
      'Whether Application Auto Scaling or somebody else sets its desired count is not seen here.',
      'Rollouts leave counts alone; without a burst of the service they get along.',
    ),
  );
  return obstacles;
};

/** The strategy of an adopted service is never written, and a burst reckons its money by the configured one. */
const spreadOtherwise = ({ name, providers }: FoundService, spot: SpotShare | undefined): readonly Obstacle[] => {
  const reason = strategySentence(name, spot, providers).trim();
  const mend =
    'Say in burst.spotShare and burst.onDemandBase what its strategy says, or change the strategy and force a new deployment.';
  return reason === '' ? [] : [warns('capacityProviderStrategy', reason, mend)];
};

/** What of the task definition decides which image runs, and what the controller may pass on. */
const obstaclesOfTask = (
  service: string,
  repository: string,
  found: FoundService,
  configured: Adopted | undefined,
): readonly Obstacle[] => {
  const { name, registry, task } = found;
  const { container } = task;
  const obstacles: Obstacle[] = [];
  if (task.platform !== 'LINUX/X86_64')
    obstacles.push(
      refuses(
        'runtimePlatform',
        `${name} runs on ${task.platform}, and of an image only what is built for linux/amd64 is released.`,
        'Build the image for linux/amd64, and let the task definition say LINUX and X86_64.',
      ),
    );
  if (!container) {
    obstacles.push(
      refuses(
        'containerDefinitions',
        `Which of ${task.containers.join(', ')} is ${service} cannot be told.`,
        `Name a container '${service}', or give one an image from the repository ${repository}.`,
      ),
    );
  } else {
    const field = `containerDefinitions[${container.name}].image`;
    const theirs = repositoryOfRunning(found);
    if (theirs === undefined)
      obstacles.push(
        warns(
          field,
          `${container.image} is not in the registry ${registry}: each release will run an image of its repository ${repository}.`,
          `Make that repository, let the execution role pull from it, and push there what runs.`,
        ),
      );
    else if (theirs !== repository)
      obstacles.push(
        warns(
          field,
          `It runs an image of ${theirs}: each release will run one of the repository ${repository}.`,
          `Write repository: '${theirs}', or push to ${repository} what runs.`,
        ),
      );
    if (!/@sha256:[0-9a-f]{64}$/.test(container.image))
      obstacles.push(
        warns(
          field,
          'What runs is named by a tag: a first rollout that fails goes back to whatever image the tag then names.',
          'Roll the digest that runs out first: from then on it is proved and kept.',
        ),
      );
  }
  for (const field of ['taskRoleArn', 'executionRoleArn'] as const) {
    if (configured && configured[field] !== task[field])
      obstacles.push(
        refuses(
          field,
          `${name} has ${task[field] ?? 'none'}, and the configuration says ${configured[field] ?? 'none'}: the controller may not pass it on.`,
          task[field] === undefined ? `Leave adopted.${field} out.` : `Write it as adopted.${field}.`,
        ),
      );
  }
  return obstacles;
};

const judgeTwin = (
  { service, configured: allConfigured, burst }: AdoptionFacts,
  repository: string,
  found: FoundService,
): AdoptedTwin => {
  const capacity = capacityOf(found);
  const { task, desiredCount, name } = found;
  const configured = allConfigured[name];
  const family = capacity ? adoptedFamily(service, capacity) : 'of its own';
  return {
    ecsService: name,
    capacity,
    owns: [
      {
        field: 'taskDefinition',
        now: task.revision,
        written: `by each rollout: a revision of the family ${family}, made from what runs`,
      },
      ...(task.container
        ? [
            {
              field: `containerDefinitions[${task.container.name}].image`,
              now: task.container.image,
              written: `by each rollout: <the registry>/${repository}@<digest of the release>`,
            },
          ]
        : []),
      { field: 'desiredCount', now: String(desiredCount), written: 'by bursts and scale, never by a rollout' },
      {
        field: `revisions of the family ${family}`,
        now: '',
        written: 'deregistered but for the newest (rollout.keepRevisions) and those that a release may need',
      },
      {
        field: `tags ${keepTagPrefix}… in the repository ${repository}`,
        now: '',
        written: 'on each image that was proved; a lifecycle rule should spare them',
      },
    ],
    leaves: found.kept,
    leavesOfTask: task.kept,
    obstacles: [
      ...obstaclesOfService(found, capacity),
      ...(capacity === 'fargate' && burst ? spreadOtherwise(found, burst.spot) : []),
      ...obstaclesOfTask(service, repository, found, configured),
    ],
  };
};

const running = (service: string, found: readonly FoundService[]): Obstacle | undefined => {
  const digests = [...new Set(found.flatMap((each) => each.digests))];
  const [digest] = digests;
  if (digest === undefined)
    return warns(
      'running digests',
      'No running task tells its digest: what would be gone back to is known by its revision alone.',
      'A first rollout that fails goes back to the revisions that are found.',
    );
  const told = digests.map(shortDigest).join(' and ');
  return digests.length === 1
    ? warns(
        'running digests',
        `All that runs is ${told}, which nothing has proved yet.`,
        `When it is adopted: npx spillway deploy ${service} ${digest}`,
      )
    : warns(
        'running digests',
        `Different images run: ${told}. The first rollout brings all twins to one; if it fails, each goes back to its own.`,
        'Roll one of them out first, by its digest.',
      );
};

const quoted = (arn: string | undefined, field: string): readonly string[] =>
  arn === undefined ? [] : [`          ${field}: '${arn}',`];

/** The configuration accepts no less of one task: ECS lets a task on a machine of one's own state no CPU at all. */
const leastOf = { cpuUnits: 128, memoryMiB: 6 } as const;

/**
 * The size that the configuration states for the service: that of what runs on Fargate, where something does, since bursts
 * reckon tasks and money by it and Fargate takes no other.
 */
const sizedBy = (found: readonly FoundService[]): FoundService | undefined =>
  found.find((each) => capacityOf(each) === 'fargate') ?? found.find((each) => capacityOf(each) === 'external');

const sizeOf = ({ task: { cpuUnits, memoryMiB } }: FoundService): string =>
  `${cpuUnits} CPU units and ${memoryMiB} MiB`;

const sizes = (found: readonly FoundService[]): Obstacle | undefined => {
  const by = sizedBy(found);
  const placed = found.filter((each) => capacityOf(each) !== undefined);
  if (!by || placed.every((each) => sizeOf(each) === sizeOf(by))) return undefined;
  return warns(
    'cpu and memory',
    `${placed.map((each) => `${each.name} has ${sizeOf(each)}`).join(', ')}: the configuration states one size, that of ${by.name}, by which bursts are reckoned.`,
    'Each keeps its own in every release. A twin that the stacks make has the one of the configuration.',
  );
};

/** The part of spillway.config.ts that adopts these; those that run on neither capacity are left out. */
const stanza = ({ service, cluster, found }: AdoptionFacts, repository: string): string => {
  const by = sizedBy(found);
  const twins = found.flatMap((each) => {
    const capacity = capacityOf(each);
    if (!capacity) return [];
    return [
      `      ${capacity}: {`,
      `        baseTasks: ${each.desiredCount},`,
      '        adopted: {',
      `          service: '${each.name}',`,
      ...quoted(each.task.taskRoleArn, 'taskRoleArn'),
      ...quoted(each.task.executionRoleArn, 'executionRoleArn'),
      '        },',
      '      },',
    ];
  });
  if (!by) return '';
  return [
    `  existing: { clusterName: '${cluster}' },`,
    '  services: {',
    `    '${service}': {`,
    ...(['cpuUnits', 'memoryMiB'] as const).map((field) => {
      const [has, least] = [by.task[field], leastOf[field]];
      return `      ${field}: ${has < least ? `${least}, // its task definition says ${has || 'none'}` : `${has},`}`;
    }),
    ...(repository === service ? [] : [`      repository: '${repository}',`]),
    ...twins,
    '    },',
    '  },',
  ].join('\n');
};

/** Says what would be owned of ECS services that somebody else made, what is never written, and what stands in the way. */
export const judgeAdoption = (facts: AdoptionFacts): Adoption => {
  const { service, cluster, found, missing } = facts;
  const theirs = found.flatMap((each) => repositoryOfRunning(each) ?? []);
  const repository = facts.repository ?? theirs[0] ?? service;
  const twins = found.map((each) => judgeTwin(facts, repository, each));
  const digests = found.length > 0 ? running(service, found) : undefined;
  const doubles = (['external', 'fargate'] as const).flatMap((capacity) => {
    const names = twins.filter((each) => each.capacity === capacity).map(({ ecsService }) => ecsService);
    return names.length > 1
      ? [
          refuses(
            capacity,
            `${names.join(' and ')} both run on ${capacity}, and a service has one twin there.`,
            'Adopt them as two services.',
          ),
        ]
      : [];
  });
  const obstacles = [
    ...missing.map((name) =>
      refuses(
        'service',
        `There is no ECS service ${name} in the cluster ${cluster}.`,
        'Name one that there is; --cluster names another cluster.',
      ),
    ),
    ...doubles,
    ...[sizes(found) ?? []].flat(),
    ...(digests ? [digests] : []),
  ];
  const refused = [...obstacles, ...twins.flatMap((twin) => twin.obstacles)].filter(
    ({ outcome }) => outcome === 'refuses',
  );
  return {
    service,
    cluster,
    adoptable: refused.length === 0,
    reason: refused[0]
      ? `${service} cannot be adopted so: ${refused.map(({ reason }) => reason).join(' ')}`
      : `${service} can be adopted: write this into spillway.config.ts, and deploy the stacks.`,
    twins,
    obstacles,
    configuration: stanza(facts, repository),
  };
};
