import { z } from 'zod';
import { fargatePrices, spotDiscount, taskHourUsd } from './aws-prices.ts';
import { commitSeconds, leastBudgetUsd } from './burst-caps.ts';
import { DeploymentWindow } from './deployment-window.ts';
import { severities } from './judge-scan.ts';

/**
 * The configuration's schema: every field with its unit, its default and what is accepted. `spillway.config.ts` holds
 * the one instance; each function reads its service's part from Parameter Store (`/spillway/services/<service>`).
 */

/** The controller's own table. */
export const controllerTableName = 'spillway';

/** The table in which tasks report their load, under the name of their service. */
export const loadReportsTableName = 'spillway-load';

/** Tags that the controller sets on proved images: ECR's lifecycle rules spare them, and their pushes start nothing. */
export const keepTagPrefix = 'spillway-keep-';

/** `startedBy` of the tasks by which a release is proved on a twin that rests at count 0. */
export const probeStartedBy = 'spillway-probe';

/**
 * Statuses of a task whose containers have ended for good, so that its event says why. A task on Fargate gives its network
 * interface back first, for 10 s and more, in which its replacement may have started already.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
 */
export const overStatuses = ['DEPROVISIONING', 'STOPPED'] as const;

/** What services, queues and tables may be called. ECR names no repository by one letter. */
export const serviceName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{1,60}$/,
    'lower-case letters, digits and hyphens, starting with a letter, 2 to 61 characters',
  );
const name = serviceName;
const count = (max: number) => z.int().min(0).max(max);

/** An object with these fields and no others; a misspelt one is told with those that there are. */
const fields = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has no field ${issue.keys.map((key) => `'${key}'`).join(', ')}; accepted are ${Object.keys(shape).join(', ')}`
        : undefined,
  });

export const HealthCheck = fields({
  /** Command run inside the container; exit code 0 means healthy (ECS API reference, HealthCheck). */
  command: z.array(z.string()).min(1).default(['CMD', 'node', 'healthcheck.mjs']),
  /** Seconds between two checks: 5 to 300. Default 10. */
  intervalSeconds: z.int().min(5).max(300).default(10),
  /** Seconds until a check counts as failed: 2 to 60. Default 5. */
  timeoutSeconds: z.int().min(2).max(60).default(5),
  /** Failed checks in a row that make a container unhealthy: 1 to 10. Default 3. */
  retries: z.int().min(1).max(10).default(3),
  /** Seconds after the start in which failed checks do not count: 0 to 300. Default 10. */
  startPeriodSeconds: z.int().min(0).max(300).default(10),
});

const Rolling = {
  /** Percent of the desired count that stays healthy during a deployment, rounded up: 0 to 100. */
  minimumHealthyPercent: z.int().min(0).max(100),
  /** Percent of the desired count that may run during a deployment, rounded down: 100 to 200. */
  maximumPercent: z.int().min(100).max(200),
};

const roleArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, "the ARN of a role: 'arn:aws:iam::<account>:role/<name>'");

/** An ECS service that somebody else has made, and whose it stays. */
export const Adopted = fields({
  /** Its name in the cluster `existing.clusterName`. */
  service: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,255}$/, "the ECS service's name: at most 255 letters, digits, '_' and '-'"),
  /** Task role of its task definition: the controller may pass this one on, and no other. Left out: it has none. */
  taskRoleArn: roleArn.optional(),
  /** Execution role of its task definition. Left out: it has none. */
  executionRoleArn: roleArn.optional(),
});

export type Adopted = z.infer<typeof Adopted>;

export const ExternalCapacity = fields({
  /** Tasks at rest. The first release raises the twin to it. */
  baseTasks: count(5000),
  /** Most tasks a burst may ask for here, as far as the machines can place them. Default: baseTasks. */
  maxTasks: count(5000).optional(),
  /** Seconds for which no machine of the site answers ECS until the site counts as away: 60 to 86,400. Default 300. */
  lostAfterSeconds: z.int().min(60).max(86_400).default(300),
  minimumHealthyPercent: Rolling.minimumHealthyPercent.default(50),
  maximumPercent: Rolling.maximumPercent.default(150),
  /** The ECS service is there already: it is rolled out, and never made, configured or deleted. Left out: it is made. */
  adopted: Adopted.optional(),
});

export const FargateCapacity = fields({
  /** Tasks at rest; 0 for a twin that only bursts. The first release raises the twin to it. */
  baseTasks: count(5000),
  /** Most tasks a burst may ask for: the cap on its cost. Default: baseTasks. */
  maxTasks: count(5000).optional(),
  minimumHealthyPercent: Rolling.minimumHealthyPercent.default(100),
  maximumPercent: Rolling.maximumPercent.default(200),
  /** The ECS service is there already: it is rolled out, and never made, configured or deleted. Left out: it is made. */
  adopted: Adopted.optional(),
});

export const Capacity = z.enum(['external', 'fargate']);
export type Capacity = z.infer<typeof Capacity>;

export const ScanGate = fields({
  /** Whose findings count: of ECR's basic scan, or of Amazon Inspector (enhanced scanning of the registry). */
  kind: z.enum(['basic', 'enhanced']),
  /** Findings of this severity or a worse one refuse the image. Default `CRITICAL`. */
  refuseFrom: z.enum(severities).default('CRITICAL'),
  /** Seconds that a scan is waited for: 60 to 86,400. Default 900. */
  waitSeconds: z.int().min(60).max(86_400).default(900),
});

export const ApprovalGate = fields({
  /** Seconds within which somebody has to approve: 60 to 604,800. Default 86,400, a day. */
  deadlineSeconds: z.int().min(60).max(604_800).default(86_400),
});

export const PipelineSettings = fields({
  /** Name of the CodePipeline pipeline that releases the service. */
  name: z.string().min(1),
  /** Stage that releases; a freeze disables the transition into it. */
  stage: z.string().min(1),
  /** Manual approval action that `approve` and `deny` answer, where the pipeline has one. */
  approval: fields({ stage: z.string().min(1), action: z.string().min(1) }).optional(),
});

export const RolloutSettings = fields({
  /** What starts a rollout by itself: an image push, or a pipeline's deploy action. Default `push`. */
  trigger: z.enum(['push', 'pipeline']).default('push'),
  /** Capacities in the order in which their twins are updated. Default fargate first, then external. */
  waves: z.array(Capacity).min(1).default(['fargate', 'external']),
  /** Seconds after which an unfinished rollout is rolled back as timed out: 60 to 86,400. Default 1,800. */
  deadlineSeconds: z.int().min(60).max(86_400).default(1_800),
  /** Seconds between two looks at a twin while no event comes (the sweep): 300 to 3,600. Default 300. */
  sweepSeconds: z.int().min(300).max(3_600).default(300),
  /** Tasks of the new release that may fail, per twin, before the rollout is rolled back: 0 to 199. Default 2. */
  failedTasksMax: count(199).default(2),
  /**
   * What a start does while another rollout of the service is under way. Default `supersede`: it takes over at the next
   * safe point. `queue`: it waits for the end, in the order of asking. `reject`: it is refused.
   */
  concurrency: z.enum(['supersede', 'queue', 'reject']).default('supersede'),
  /** Seconds for which every twin must stay healthy on the release before it counts as proved: 0 to 86,400. Default 60. */
  bakeSeconds: count(86_400).default(60),
  /** What the reconciler does with what it finds a second time: tell of it only, or roll out. Default `repair`. */
  reconcile: z.enum(['report', 'repair']).default('repair'),
  /** Newest task-definition revisions of each twin that stay active; those that a release may need always do: 2 to 1,000. Default 10. */
  keepRevisions: z.int().min(2).max(1_000).default(10),
  /**
   * Whether any release may run in the cloud beside an older one, or parts of two, at the site for as long as the site is
   * away. Then a rollout meanwhile is deferred there, one after the other, and the newest is caught up when it returns;
   * otherwise each is refused, and one that loses the site on its way goes back. Default false.
   */
  mixedReleasesSafe: z.boolean().default(false),
  /** Whether a twin that rests at count 0 is proved by one task of the release that does no work. Default true. */
  probe: z.boolean().default(true),
  /** Names of CloudWatch alarms; one that rises until the end of the bake rolls the release back. Default: none. */
  alarms: z.array(z.string().min(1).max(255)).max(20).default([]),
  /** Tags that may be released, `*` standing for any characters, e.g. `v*`. Default: every tag. */
  deployableTags: z
    .array(z.string().regex(/^[\w.*-]{1,128}$/, "a tag, with '*' for any characters"))
    .readonly()
    .default([]),
  /** When the service may be released. Default: always. */
  windows: z.array(DeploymentWindow).readonly().default([]),
  /** Asks for a scan of the image. Left out: it does not. */
  scan: ScanGate.optional(),
  /** Asks somebody to approve each image. Left out: it does not. */
  approval: ApprovalGate.optional(),
  /** The pipeline that releases the service. Left out: there is none. */
  pipeline: PipelineSettings.optional(),
});

export const Budget = fields({
  /** US dollars in a clock hour (UTC): 0.01 or more. Default: no limit. */
  hourlyUsd: z.number().min(0.01).optional(),
  /** US dollars on a day (UTC): 0.01 or more. Default: no limit. */
  dailyUsd: z.number().min(0.01).optional(),
});

export const PriceSettings = fields({
  /** US dollars for an hour of a vCPU: 0.001 to 10. Default: that of us-east-1, Linux on x86, 0.04048. */
  vcpuHourUsd: z.number().min(0.001).max(10).default(fargatePrices.vcpuHourUsd),
  /** US dollars for an hour of a GiB of memory: 0.0001 to 1. Default: that of us-east-1, Linux on x86, 0.004445. */
  gibHourUsd: z.number().min(0.0001).max(1).default(fargatePrices.gibHourUsd),
});

export const BurstSettings = fields({
  /** The queue whose messages this service works off. */
  queue: name,
  /** The objective: a message is picked up within this many seconds of being sent: 10 to 43,200. Default 120. */
  deadlineSeconds: z.int().min(10).max(43_200).default(120),
  /** Share of the messages that may be late before a burst says so: 0 to 1. Default 0.001, one in a thousand. */
  lateShareMax: z.number().min(0).max(1).default(0.001),
  /** Seconds of work in one message, as believed until the workers have reported: 0.01 to 3,600. */
  workSecondsPerMessage: z.number().min(0.01).max(3_600),
  /** Messages that one task works on at a time: 1 to 100. */
  messagesPerTask: z.int().min(1).max(100),
  /** Visible messages that raise the burst alarm. Default: what the external base picks up within half the deadline. */
  alarmMessages: z.int().min(1).optional(),
  /** Seconds from asking for a Fargate task until it works, as believed until some were seen: 1 to 600. Default 45. */
  startSeconds: z.number().min(1).max(600).default(45),
  /** What Fargate tasks of bursts may cost. Default: as much as `fargate.maxTasks` can. */
  budget: Budget.prefault({}),
  /** What the Region charges for Fargate on demand. https://aws.amazon.com/fargate/pricing/ */
  prices: PriceSettings.prefault({}),
  /**
   * Share of the Fargate tasks beyond `onDemandBase` that run on Fargate Spot, in hundredths: 0 to 1. Default 0, none. ECS
   * does not start on demand what finds no capacity on Spot.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
   */
  spotShare: z.number().min(0).max(1).default(0),
  /** Fargate tasks that always run on demand, with `spotShare`; those at rest are among them. Default: fargate.baseTasks. */
  onDemandBase: count(5000).optional(),
  /** By how much Spot is believed to be cheaper than on demand, since its price varies: 0 to 0.9. Default 0.5. */
  spotDiscount: z.number().min(0).max(0.9).default(spotDiscount),
  /** Start a burst, too, when the agent of an external machine is lost. Default false. */
  onSiteLoss: z.boolean().default(false),
  /** Seconds between two looks at the queue during a burst: 5 to 300. Default 10. */
  lookSeconds: z.int().min(5).max(300).default(10),
  /** Looks in a row at a queue that the base can carry before Fargate is recalled: 1 to 100. Default 3. */
  calmLooks: z.int().min(1).max(100).default(3),
});

export const ServiceConfiguration = fields({
  /** CPU units of one task, 1024 a vCPU. Fargate takes 256, 512, 1024, 2048, 4096, 8192 or 16384. */
  cpuUnits: z.int().min(128).max(196_608),
  /** Memory of one task in MiB, one of Fargate's combinations with `cpuUnits` where the service runs there. */
  memoryMiB: z.int().min(6),
  /** Port on which the container answers HTTP (health and requests): 1 to 65,535. Default 8080. */
  port: z.int().min(1).max(65_535).default(8080),
  /** Path patterns of the load balancer that lead to this service, e.g. `/api/*`. Default: none, no load balancer. */
  paths: z.array(z.string().startsWith('/')).default([]),
  /** Environment of the container, the same on both twins. Nothing secret. Default: empty. */
  environment: z
    .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'capital letters, digits and underscores'), z.string())
    .default({}),
  /** Secrets by environment name: the name of a secret in Secrets Manager or of a parameter `/…`. Default: empty. */
  secrets: z.record(z.string(), z.string()).default({}),
  /** Queues it sends to; each gives the variable `<QUEUE>_QUEUE_URL`. Default: none. */
  sendsTo: z.array(name).default([]),
  /** Queues it receives from. Default: none. */
  receivesFrom: z.array(name).default([]),
  /** Queues that only its external twin may receive from (bound to the premises). Default: none. */
  receivesFromOnPremises: z.array(name).default([]),
  /** Tables it reads and writes; each gives the variable `<TABLE>_TABLE_NAME`. Default: none. */
  tables: z.array(name).default([]),
  /** Seconds between SIGTERM and SIGKILL: 1 to 120, since Fargate allows no more. Default 30. */
  stopTimeoutSeconds: z.int().min(1).max(120).default(30),
  healthCheck: HealthCheck.prefault({}),
  /** Runs on the customer's own machines. Left out: it does not. */
  external: ExternalCapacity.optional(),
  /** Runs on Fargate. Left out: it does not. */
  fargate: FargateCapacity.optional(),
  /** ECR repository of its images, which exists already, e.g. `team/orders`. Default: one of the service's name. */
  repository: z
    .string()
    .regex(
      /^(?=.{2,256}$)[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/,
      'the name of a repository, without registry and tag: at most 256 lower-case letters, digits and separators',
    )
    .optional(),
  rollout: RolloutSettings.prefault({}),
  /** Bursts into Fargate when its queue is late. Left out: it does not. */
  burst: BurstSettings.optional(),
});
export type ServiceConfiguration = z.infer<typeof ServiceConfiguration>;

export const QueueConfiguration = fields({
  /** Seconds a received message stays invisible: 0 to 43,200. Default 30. */
  visibilityTimeoutSeconds: z.int().min(0).max(43_200).default(30),
  /** Receives after which a message goes to `<queue>-dlq`: 1 to 1,000. Default 5. */
  maxReceiveCount: z.int().min(1).max(1_000).default(5),
  /**
   * Of a queue that is bound to the premises: the addresses from which the sites' machines reach SQS, as networks in CIDR
   * notation; the queue refuses every receiver from elsewhere. Over the internet these are the public addresses of the
   * sites, over an interface endpoint their private ones. Default: any address.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
   */
  siteAddresses: z
    .array(
      z.union([z.cidrv4(), z.cidrv6()], { error: "a network in CIDR notation, '203.0.113.0/24' or '203.0.113.7/32'" }),
    )
    .min(1)
    .optional(),
});

export const Installation = fields({
  /** Id of an existing VPC (`vpc-…`) to install beside. Default: a VPC of its own. */
  vpcId: z
    .string()
    .regex(/^vpc-[0-9a-f]+$/)
    .optional(),
  /** Availability zones of that VPC. Needed with `vpcId`. */
  availabilityZones: z.array(z.string()).optional(),
  /** Public subnets of that VPC, for the load balancer, one for each availability zone. Needed with `vpcId`. */
  publicSubnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]+$/)).optional(),
  /** Private subnets of that VPC, for the Fargate tasks, one for each availability zone. Needed with `vpcId`. */
  privateSubnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]+$/)).optional(),
  /** Name of an existing ECS cluster to install into. Default: a cluster named `spillway` of its own. */
  clusterName: z.string().optional(),
});

const ConfigurationShape = fields({
  /** What exists already. Default: nothing, everything is created. */
  existing: Installation.prefault({}),
  /** Queues of the workload; each gets a dead-letter queue `<queue>-dlq`. */
  queues: z.record(name, QueueConfiguration.prefault({})),
  /** Tables of the workload, each with the partition key `id` (a string). DynamoDB names none by two letters. */
  tables: z.array(name.min(3, 'at least 3 characters, as DynamoDB asks for')),
  /** The services by name. */
  services: z.record(name, ServiceConfiguration),
});

/** CPU units → memory in MiB that Fargate accepts (ECS developer guide, task definition parameters for Fargate). */
export const fargateMemoryMiB = (cpuUnits: number): readonly number[] => memoryByCpu[cpuUnits] ?? [];

const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);

const memoryByCpu: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: range(1024, 4096, 1024),
  1024: range(2048, 8192, 1024),
  2048: range(4096, 16_384, 1024),
  4096: range(8192, 30_720, 1024),
  8192: range(16_384, 61_440, 4096),
  16384: range(32_768, 122_880, 8192),
};

/** CPU units that a task on Fargate can have. */
export const fargateCpuUnits: readonly number[] = Object.keys(memoryByCpu).map(Number);

/**
 * US dollars that a burst needs at least to add one task. An adopted ECS service has percents of its own, which are not
 * known here.
 */
const leastBudgetOf = (settings: ServiceConfiguration): number => {
  const { fargate, burst } = settings;
  if (!fargate || !burst) return 0;
  return leastBudgetUsd(
    {
      fargateBase: fargate.baseTasks,
      fargateMaximumPercent: fargate.adopted ? 100 : fargate.maximumPercent,
      fargateHourlyUsd: taskHourUsd(settings),
    },
    commitSeconds(burst.lookSeconds),
  );
};

/**
 * The least task count at which a deployment could neither stop an old task nor start a new one; undefined where there
 * is none. ECS rounds the minimum up and the maximum down, so that 50 and 150 percent of 1 task are both 1.
 */
const countThatIsStuck = (place: z.infer<typeof FargateCapacity>): number | undefined => {
  for (let count = Math.max(1, place.baseTasks); count <= (place.maxTasks ?? place.baseTasks); count += 1) {
    if (isStuck(count, place)) return count;
  }
  return undefined;
};

/** Whether a deployment at this count could neither stop an old task nor start a new one. At count 0 it has nothing to do. */
export const isStuck = (
  count: number,
  percents: { readonly minimumHealthyPercent: number; readonly maximumPercent: number },
): boolean => {
  const stay = Math.ceil((count * percents.minimumHealthyPercent) / 100);
  const most = Math.floor((count * percents.maximumPercent) / 100);
  return count > 0 && stay >= count && most <= count;
};

export const Configuration = ConfigurationShape.superRefine((configuration, context) => {
  const complain = (path: (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  const queues = Object.keys(configuration.queues);
  const existing = configuration.existing;
  if (existing.vpcId) {
    const zones = existing.availabilityZones?.length ?? 0;
    for (const field of ['availabilityZones', 'publicSubnetIds', 'privateSubnetIds'] as const) {
      const given = existing[field]?.length ?? 0;
      if (given === 0) complain(['existing', field], 'is needed when existing.vpcId is given');
      else if (zones > 0 && given !== zones)
        complain(['existing', field], `has ${given} subnets; it needs one for each of the ${zones} availabilityZones`);
    }
  }
  for (const [index, table] of configuration.tables.entries()) {
    if (table === controllerTableName)
      complain(['tables', index], `'${controllerTableName}' is the controller's own table`);
  }
  const boundBy = new Map(
    Object.entries(configuration.services).flatMap(([service, settings]) =>
      settings.receivesFromOnPremises.map((queue) => [queue, service]),
    ),
  );
  for (const [queue, { siteAddresses }] of Object.entries(configuration.queues)) {
    if (siteAddresses && !boundBy.has(queue))
      complain(
        ['queues', queue, 'siteAddresses'],
        "needs a service that names the queue in receivesFromOnPremises: a Fargate task reads from none of the sites' addresses",
      );
  }
  const leadsTo = new Map<string, string>();
  const twinOf = new Map<string, string>();
  const imagesOf = new Map<string, string>();
  const burstsFor = new Map<string, string>();
  for (const [service, settings] of Object.entries(configuration.services)) {
    const at = (...path: (string | number)[]): (string | number)[] => ['services', service, ...path];
    if (!settings.external && !settings.fargate) complain(at(), "runs nowhere; give it 'external', 'fargate' or both");
    const repository = repositoryOf(service, settings);
    const shares = imagesOf.get(repository);
    if (shares !== undefined)
      complain(
        at('repository'),
        `'${repository}' is the repository of ${shares} already, and a push is to release one service`,
      );
    imagesOf.set(repository, service);
    for (const capacity of ['external', 'fargate'] as const) {
      const place = settings[capacity];
      if (!place) continue;
      const twin = twinName(service, capacity, settings);
      const other = twinOf.get(twin);
      if (other !== undefined)
        complain(
          at(capacity, ...(place.adopted ? ['adopted', 'service'] : [])),
          `'${twin}' is a twin of ${other} already`,
        );
      twinOf.set(twin, service);
      if (place.adopted && !existing.clusterName)
        complain(
          at(capacity, 'adopted'),
          'an ECS service that exists is in a cluster that exists: name it as existing.clusterName',
        );
    }
    if (settings.fargate?.adopted && settings.paths.length > 0)
      complain(at('paths'), 'an adopted ECS service keeps the load balancer that it has; leave the paths out');
    if (settings.external?.adopted && settings.receivesFromOnPremises.length > 0)
      complain(
        at('receivesFromOnPremises'),
        'needs an external twin that the stacks make: only the role that they give it may receive from these queues',
      );
    if (capacitiesOf(settings).length > 0 && madeCapacitiesOf(settings).length === 0) {
      for (const field of ['environment', 'secrets', 'sendsTo', 'tables'] as const) {
        if (Object.keys(settings[field]).length > 0)
          complain(at(field), 'has no effect on ECS services that are adopted, which keep theirs; leave it out');
      }
    }
    if (settings.paths.length > 0 && !settings.fargate)
      complain(at('paths'), 'needs fargate: external tasks cannot stand behind a load balancer');
    if (settings.fargate && !fargateMemoryMiB(settings.cpuUnits).includes(settings.memoryMiB)) {
      const accepted = fargateMemoryMiB(settings.cpuUnits);
      complain(
        at(accepted.length ? 'memoryMiB' : 'cpuUnits'),
        accepted.length
          ? `Fargate accepts ${accepted.join(', ')} with ${settings.cpuUnits} CPU units`
          : `Fargate accepts ${fargateCpuUnits.slice(0, -1).join(', ')} or ${fargateCpuUnits.at(-1)}`,
      );
    }
    for (const [index, capacity] of settings.rollout.waves.entries()) {
      if (settings.rollout.waves.indexOf(capacity) < index)
        complain(at('rollout', 'waves', index), `'${capacity}' is a wave already`);
    }
    for (const capacity of ['external', 'fargate'] as const) {
      const place = settings[capacity];
      if (place && !settings.rollout.waves.includes(capacity))
        complain(at('rollout', 'waves'), `leaves out '${capacity}', where the service runs`);
      if (place?.maxTasks !== undefined && place.maxTasks < place.baseTasks)
        complain(at(capacity, 'maxTasks'), `must be at least baseTasks, ${place.baseTasks}`);
      // The percents of an adopted one are its own, and are asked of ECS before each rollout.
      const stuck = place && !place.adopted && countThatIsStuck(place);
      if (place && typeof stuck === 'number')
        complain(
          at(capacity, 'maximumPercent'),
          `with minimumHealthyPercent ${place.minimumHealthyPercent} no deployment could ever start or stop a task at a count of ${stuck}: ${stuck} must stay healthy and no more may run; give a higher maximumPercent or a lower minimumHealthyPercent`,
        );
    }
    for (const [index, path] of settings.paths.entries()) {
      const other = leadsTo.get(path);
      if (other !== undefined) complain(at('paths', index), `'${path}' leads to ${other} already`);
      leadsTo.set(path, service);
    }
    for (const [index, queue] of settings.receivesFrom.entries()) {
      const bound = boundBy.get(queue);
      if (bound !== undefined)
        complain(
          at('receivesFrom', index),
          `'${queue}' is bound to the premises by services.${bound}.receivesFromOnPremises; name it there only`,
        );
    }
    for (const variable of Object.keys(settings.secrets)) {
      if (variable in settings.environment)
        complain(at('secrets', variable), 'is in environment too, and ECS accepts a name once');
    }
    for (const field of ['sendsTo', 'receivesFrom', 'receivesFromOnPremises'] as const) {
      for (const [index, queue] of settings[field].entries()) {
        if (!queues.includes(queue))
          complain(at(field, index), `'${queue}' is not one of the queues: ${queues.join(', ')}`);
      }
    }
    for (const [index, table] of settings.tables.entries()) {
      if (!configuration.tables.includes(table))
        complain(at('tables', index), `'${table}' is not one of the tables: ${configuration.tables.join(', ')}`);
    }
    if (settings.receivesFromOnPremises.length > 0 && !settings.external)
      complain(at('receivesFromOnPremises'), 'needs external: only tasks on premises may receive from these queues');
    if (settings.burst) {
      if (!settings.fargate || !settings.external) complain(at('burst'), 'needs both external and fargate');
      if (!settings.receivesFrom.includes(settings.burst.queue))
        complain(at('burst', 'queue'), `must be one of receivesFrom: ${settings.receivesFrom.join(', ') || '(none)'}`);
      const most = settings.fargate?.maxTasks ?? settings.fargate?.baseTasks ?? 0;
      if (settings.fargate && most <= settings.fargate.baseTasks)
        complain(
          at('fargate', 'maxTasks'),
          `must be more than baseTasks, ${settings.fargate.baseTasks}, or a burst could add nothing`,
        );
      const { onDemandBase, spotShare } = settings.burst;
      const rest = settings.fargate?.baseTasks ?? 0;
      if (onDemandBase !== undefined && spotShare < 0.005)
        complain(at('burst', 'onDemandBase'), 'needs spotShare: without it every task runs on demand');
      else if (onDemandBase !== undefined && (onDemandBase < rest || onDemandBase >= most))
        complain(
          at('burst', 'onDemandBase'),
          `must be at least fargate.baseTasks, ${rest}, and less than fargate.maxTasks, ${most}, or no task could run on Spot`,
        );
      const { hourlyUsd, dailyUsd } = settings.burst.budget;
      if (hourlyUsd !== undefined && dailyUsd !== undefined && dailyUsd < hourlyUsd)
        complain(at('burst', 'budget', 'dailyUsd'), `must be at least hourlyUsd, ${hourlyUsd}`);
      const { lookSeconds, deadlineSeconds, queue } = settings.burst;
      if (lookSeconds > deadlineSeconds)
        complain(
          at('burst', 'lookSeconds'),
          `must be at most deadlineSeconds, ${deadlineSeconds}, or a message could come and be late between two looks`,
        );
      const other = burstsFor.get(queue);
      if (other !== undefined)
        complain(
          at('burst', 'queue'),
          `'${queue}' is the queue of services.${other}.burst already, and each of the two would start tasks for all that waits there; only one service may burst for a queue`,
        );
      burstsFor.set(queue, service);
      const least = leastBudgetOf(settings);
      for (const field of ['hourlyUsd', 'dailyUsd'] as const) {
        const usd = settings.burst.budget[field];
        if (usd !== undefined && usd < least)
          complain(
            at('burst', 'budget', field),
            `${usd} could never pay for a task beyond fargate.baseTasks: one costs $${taskHourUsd(settings).toFixed(4)} an hour, and what it may cost in ${commitSeconds(lookSeconds)} s is kept in hand, also in a rollout; accepted is ${(Math.floor(100 * least) + 1) / 100} or more`,
          );
      }
    }
  }
});
export type Configuration = z.infer<typeof Configuration>;
export type ConfigurationInput = z.input<typeof Configuration>;

/** Thrown for a configuration with mistakes: one line for each, with the field and what is accepted. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';
}

/** @throws InvalidConfiguration naming each wrong field and what is accepted there. */
export const defineConfiguration = (input: ConfigurationInput): Configuration => {
  const result = Configuration.safeParse(input);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    // Zod says of a name only that it is wrong; what a name may be is one level deeper.
    const told = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    return `  ${issue.path.map(String).join('.') || '(top)'}: ${told}`;
  });
  throw new InvalidConfiguration(
    `spillway.config.ts has ${lines.length === 1 ? 'a mistake' : 'mistakes'}:\n${lines.join('\n')}`,
  );
};

/** The capacities on which a service has a twin, in the order of its waves. */
export const capacitiesOf = (service: ServiceConfiguration): readonly Capacity[] =>
  service.rollout.waves.filter((capacity) => service[capacity] !== undefined);

/** The ECR repository of a service's images. */
export const repositoryOf = (service: string, settings: Pick<ServiceConfiguration, 'repository'>): string =>
  settings.repository ?? service;

/** Services by the names of their repositories, where they do not have the service's. */
export const namedRepositories = (
  services: Readonly<Record<string, ServiceConfiguration>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(services).flatMap(([service, { repository }]) =>
      repository === undefined || repository === service ? [] : [[repository, service] as const],
    ),
  );

/** What of a service's configuration says where its twins are. */
export type Places = Pick<ServiceConfiguration, Capacity>;

/** The capacities on which the stacks make the twin of a service; the others were there before. */
export const madeCapacitiesOf = (service: ServiceConfiguration): readonly Capacity[] =>
  capacitiesOf(service).filter((capacity) => !service[capacity]?.adopted);

/** Name of a twin, which is that of its ECS service: one that was adopted keeps the name that it has. */
export const twinName = (service: string, capacity: Capacity, places: Places | undefined): string =>
  places?.[capacity]?.adopted?.service ?? `${service}-${capacity}`;

/**
 * Task-definition family in which the releases of a twin are registered. An adopted one gets a family of its own, since
 * revisions in the family that it has are somebody else's: none of them is ever deregistered.
 */
export const releaseFamily = (service: string, capacity: Capacity, places: Places): string =>
  places[capacity]?.adopted ? adoptedFamily(service, capacity) : twinName(service, capacity, places);

export const adoptedFamily = (service: string, capacity: Capacity): string => `spillway-${service}-${capacity}`;

/** Names of the twins of a service, in the order of its waves. */
export const twinNames = (service: string, configuration: ServiceConfiguration): readonly string[] =>
  capacitiesOf(configuration).map((capacity) => twinName(service, capacity, configuration));

/** Family of a twin's template: what its next release is derived from; no task ever runs it. */
export const templateFamily = (twin: string): string => `${twin}-template`;

/** How ECS spreads the tasks of a Fargate twin over on-demand and Spot: the `base` first, then by the weights. */
export type ProviderStrategy = readonly {
  readonly capacityProvider: 'FARGATE' | 'FARGATE_SPOT';
  readonly base: number;
  readonly weight: number;
}[];

/** A twin whose tasks run on Spot in part: those up to `onDemandBase` never do, of the others a share from 0 to 1 does. */
export interface SpotShare {
  readonly share: number;
  readonly onDemandBase: number;
}

/** undefined where no task of the service runs on Spot. The share is kept in whole hundredths, as ECS takes whole weights. */
export const spotShareOf = ({ burst, fargate }: ServiceConfiguration): SpotShare | undefined => {
  const share = Math.round((burst?.spotShare ?? 0) * 100) / 100;
  if (!burst || share === 0) return undefined;
  return { share, onDemandBase: burst.onDemandBase ?? fargate?.baseTasks ?? 0 };
};

/**
 * The strategy of the twin's ECS service. One provider of a strategy may have a base, and weights are whole numbers.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
 */
export const providerStrategy = ({ share, onDemandBase }: SpotShare): ProviderStrategy => {
  const spot = Math.round(share * 100);
  return [
    { capacityProvider: 'FARGATE', base: onDemandBase, weight: 100 - spot },
    { capacityProvider: 'FARGATE_SPOT', base: 0, weight: spot },
  ];
};

/** Name of the ECS cluster that a configuration installs into. */
export const clusterNameOf = (configuration: Configuration): string => configuration.existing.clusterName ?? 'spillway';

export const deadLetterQueueName = (queue: string): string => `${queue}-dlq`;

/**
 * Whether a message takes longer than a stopping task still has, but for the seconds in which it gives back what it could
 * not finish: such work would be done twice after each scale-in, so a busy task is spared by it.
 */
export const outlastsStop = (service: ServiceConfiguration): boolean =>
  service.burst !== undefined && service.burst.workSecondsPerMessage > service.stopTimeoutSeconds - 5;

/** Seconds that the oldest message has waited when the alarm is raised. */
export const burstAlarmSeconds = (service: ServiceConfiguration): number =>
  Math.max(1, Math.floor((service.burst?.deadlineSeconds ?? 0) / 4));

/** Visible messages that raise the burst alarm: as configured, or what the external base picks up within half the deadline. */
export const burstAlarmMessages = (service: ServiceConfiguration): number => {
  const { burst, external } = service;
  if (!burst || !external) throw new InvalidConfiguration('burstAlarmMessages needs a service with burst and external');
  const perSecond = (external.baseTasks * burst.messagesPerTask) / burst.workSecondsPerMessage;
  return burst.alarmMessages ?? Math.max(1, Math.floor((perSecond * burst.deadlineSeconds) / 2));
};

/** Services by the names of their adopted twins: what `serviceOfTwin` has to be told, since a name does not tell it. */
export const adoptedTwins = (
  services: Readonly<Record<string, ServiceConfiguration>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(services).flatMap(([service, settings]) =>
      capacitiesOf(settings).flatMap((capacity) => {
        const adopted = settings[capacity]?.adopted;
        return adopted ? [[adopted.service, service] as const] : [];
      }),
    ),
  );

/** Service of a twin by its name. */
export const serviceOfTwin = (twin: string, adopted: Readonly<Record<string, string>>): string =>
  adopted[twin] ?? twin.replace(/-(external|fargate)$/, '');
