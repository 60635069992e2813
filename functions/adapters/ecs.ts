import {
  type ContainerInstance,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListContainerInstancesCommand,
  ListTasksCommand,
  type PlacementConstraint,
  type Resource,
  RunTaskCommand,
  type Service,
  StopTaskCommand,
  type Task,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { overStatuses, probeStartedBy } from '../core/configuration.ts';
import { ExpectedFailure, nameOf } from '../core/errors.ts';
import type { ObservedMachine } from '../core/judge-fit.ts';
import type { SeenProbe, StoppedProbe } from '../core/judge-probe.ts';
import type { StoppedTask } from '../core/judge-proof.ts';
import type { Unreachable } from '../core/judge-site.ts';
import type { ObservedDeployment, ObservedTwin, TaskFailure } from '../core/judge-twin.ts';
import type { ObservedCapacity, TaskStarts, TaskStops } from '../core/observed-burst.ts';
import type { FoundProvider } from '../core/spot-share.ts';
import type { Deployment } from '../core/state.ts';

export interface ClusterClient {
  readonly client: Pick<ECSClient, 'send'>;
  readonly cluster: string;
}

/** The same client, counting the calls that it is asked to make. */
export const countCalls = (ecs: ClusterClient): ClusterClient & { readonly calls: () => number } => {
  let calls = 0;
  const send = (...parameters: readonly unknown[]): unknown => {
    calls += 1;
    return (ecs.client.send as (...all: readonly unknown[]) => unknown)(...parameters);
  };
  return { client: { send: send as ECSClient['send'] }, cluster: ecs.cluster, calls: () => calls };
};

const deploymentStates: Readonly<Record<string, ObservedDeployment['state']>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
};

/**
 * ECS rolls back by making the last completed deployment primary again, in progress. Only then is there a deployment
 * that is newer than the primary one; the words are the circuit breaker's and the alarms'.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
const rollingBackOf = ({ deployments = [] }: Service): ObservedTwin['rollingBack'] => {
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  if (primary?.rolloutState !== 'IN_PROGRESS') return undefined;
  const { rolloutStateReason: reason = '', createdAt } = primary;
  const newer = deployments.find((other) => createdAt && other.createdAt && other.createdAt > createdAt);
  return newer || /rolling back/i.test(reason) ? { from: newer?.id, reason } : undefined;
};

const toObserved = (service: Service): ObservedTwin => {
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
  // "was unable to place a task because …"; the newest events come first.
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
  const placement = service.events?.find(({ message }) => message?.includes('unable to place a task'));
  const rollingBack = rollingBackOf(service);
  return {
    twin: service.serviceName ?? '',
    active: service.status === 'ACTIVE',
    desiredCount: service.desiredCount ?? 0,
    runningCount: service.runningCount ?? 0,
    pendingCount: service.pendingCount ?? 0,
    deployments: (service.deployments ?? []).map(({ taskDefinition, runningCount, pendingCount }) => ({
      taskDefinition: taskDefinition ?? '',
      running: runningCount ?? 0,
      pending: pendingCount ?? 0,
    })),
    primary: primary && {
      id: primary.id ?? '',
      taskDefinition: primary.taskDefinition ?? '',
      createdAtMs: primary.createdAt?.getTime() ?? 0,
      state: deploymentStates[primary.rolloutState ?? ''] ?? 'in-progress',
      stateReason: primary.rolloutStateReason ?? '',
      failedTasks: primary.failedTasks ?? 0,
      running: primary.runningCount ?? 0,
    },
    ...(rollingBack && { rollingBack }),
    placementFailure: placement?.createdAt && {
      atMs: placement.createdAt.getTime(),
      reason: placement.message ?? '',
    },
  };
};

/** A twin, and what RunTask must be told to start a task of it beside the service. */
export interface DescribedTwin extends ObservedTwin {
  /** ECS's own defaults where the service has none: 100 and 200. */
  readonly percents: { readonly minimumHealthyPercent: number; readonly maximumPercent: number };
  readonly launch: Readonly<Record<string, unknown>>;
  /** Of a Fargate twin those that its tasks get their addresses in. */
  readonly subnets: readonly string[];
  /** How ECS spreads its tasks over providers; empty: it has a launch type. */
  readonly strategy: readonly FoundProvider[];
  /** Whether each of its Fargate tasks gets a public IPv4 address. */
  readonly publicAddresses: boolean;
  /** When ECS started tasks of any deployment, and how many, by the newest hundred of its messages. */
  readonly starts: readonly TaskStarts[];
  /** The ids of those that it started since its primary deployment began, as far as the messages name them. */
  readonly startedTasks: readonly string[];
  /** When it told tasks of any deployment to stop, and how many, by the same messages. */
  readonly stops: readonly TaskStops[];
}

/**
 * "(service x) has started 2 tasks: (task …) (task …)." and "(service x) has stopped 2 running tasks: (task …) (task …)." The
 * page that `toObserved` names lists none that tell of no failure.
 */
const toldOf = (
  { events = [] }: Service,
  what: RegExp,
): readonly (TaskStarts & { readonly ids: readonly string[] })[] =>
  events.flatMap(({ createdAt, message = '' }) => {
    const tasks = what.exec(message)?.[1];
    if (tasks === undefined) return [];
    const ids = [...message.matchAll(/\(task ([^)\s]+)\)/g)].map(([, id = '']) => id);
    return [{ atMs: createdAt?.getTime() ?? 0, tasks: Number(tasks), ids }];
  });

const stopsOf = (service: Service, started: ReturnType<typeof toldOf>): DescribedTwin['stops'] => {
  const startedMs = new Map(started.flatMap(({ atMs, ids }) => ids.map((id) => [id, atMs] as const)));
  return toldOf(service, /has stopped (\d+) running tasks/).flatMap(({ atMs, tasks, ids }) => {
    const known = ids.flatMap((id) => startedMs.get(id) ?? []);
    const others = tasks - known.length;
    return [
      ...known.map((started) => ({ atMs, tasks: 1, startedMs: started })),
      ...(others > 0 ? [{ atMs, tasks: others }] : []),
    ];
  });
};

/** What ECS knows of these twins; one that does not exist is missing in the answer. At most 10. */
export const describeTwins = async (
  ecs: ClusterClient,
  twins: readonly string[],
): Promise<ReadonlyMap<string, DescribedTwin>> => {
  const { services } = await ecs.client.send(
    new DescribeServicesCommand({ cluster: ecs.cluster, services: [...twins] }),
  );
  return new Map(
    (services ?? []).map((service) => {
      const { launchType, networkConfiguration, platformVersion, placementConstraints } = service;
      // A service has a launch type or a strategy, and RunTask takes no empty one of these. A task beside a service that runs
      // on Spot in part runs on demand: one that AWS may take back at any time would prove nothing.
      const strategy = service.capacityProviderStrategy?.length ? service.capacityProviderStrategy : undefined;
      const onSpot = strategy?.some(({ capacityProvider }) => capacityProvider === 'FARGATE_SPOT');
      const launch = Object.entries({
        launchType: onSpot ? ('FARGATE' as const) : launchType,
        capacityProviderStrategy: onSpot ? undefined : strategy,
        networkConfiguration,
        platformVersion,
        placementConstraints,
      });
      const known = Object.fromEntries(launch.filter(([, value]) => value !== undefined));
      const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.deploymentConfiguration ?? {};
      const percents = { minimumHealthyPercent, maximumPercent };
      const { subnets = [], assignPublicIp } = networkConfiguration?.awsvpcConfiguration ?? {};
      const publicAddresses = assignPublicIp === 'ENABLED';
      const begun = service.deployments?.find(({ status }) => status === 'PRIMARY')?.createdAt?.getTime() ?? 0;
      const started = toldOf(service, /has started (\d+) tasks/);
      const starts = started.map(({ atMs, tasks }) => ({ atMs, tasks }));
      const startedTasks = started.filter(({ atMs }) => atMs >= begun).flatMap(({ ids }) => ids);
      const more = {
        percents,
        launch: known,
        strategy: strategy ?? [],
        subnets,
        publicAddresses,
        starts,
        startedTasks,
        stops: stopsOf(service, started),
      };
      return [service.serviceName ?? '', { ...toObserved(service), ...more }];
    }),
  );
};

/** Where a task definition's containers and what ECS says of a stop are told apart. */
interface ToldStop {
  readonly stopCode: string;
  readonly stoppedReason: string;
  readonly containers: readonly { readonly name?: string; readonly exitCode?: number; readonly reason?: string }[];
}

// An image that is not there: Docker's and containerd's words, and ECR's own.
const imageGone = /not found|manifest unknown|does not exist|ImageNotFound/i;
// A program that the image does not have, or not for this machine: runc's words.
const programGone = /executable file not found|no such file or directory|exec format error|permission denied/i;

/**
 * Whether a stopped task counts against its release, and as what. Tasks that ECS stopped to scale or to replace, that a
 * person stopped, or whose capacity went away, do not.
 */
export const failureOf = (task: ToldStop): TaskFailure | undefined => {
  const container = task.containers.find(({ reason }) => reason)?.reason;
  const reason = [task.stoppedReason, container].filter((each) => each).join(' ');
  switch (task.stopCode) {
    case 'TaskFailedToStart':
      return /CannotPull/.test(reason)
        ? { cause: 'pull-failure', reason, mendable: !imageGone.test(reason) }
        : { cause: 'failed-to-start', reason, mendable: !programGone.test(reason) };
    case 'EssentialContainerExited': {
      const exits = task.containers
        .filter(({ exitCode }) => exitCode !== undefined)
        .map(({ name, exitCode }) => `${name ?? 'container'} exited with ${exitCode}`);
      const clean = exits.length > 0 && task.containers.every(({ exitCode = 0 }) => exitCode === 0);
      return {
        cause: clean ? 'exits-cleanly' : 'crash-after-start',
        reason: [reason, ...exits].join('; '),
        mendable: true,
      };
    }
    case 'ServiceSchedulerInitiated':
      return /failed (container|ELB) health checks/i.test(reason)
        ? { cause: 'unhealthy', reason, mendable: true }
        : undefined;
    default:
      return undefined;
  }
};

/** `DescribeTasks` takes 100 tasks at a time. */
const tasksPerCall = 100;

const describeTasks = async (ecs: ClusterClient, arns: readonly string[]): Promise<readonly Task[]> => {
  const found: Task[] = [];
  for (let from = 0; from < arns.length; from += tasksPerCall) {
    const tasks = arns.slice(from, from + tasksPerCall);
    const answer = await ecs.client.send(new DescribeTasksCommand({ cluster: ecs.cluster, tasks }));
    found.push(...(answer.tasks ?? []));
  }
  return found;
};

const listTasks = async (
  ecs: ClusterClient,
  twin: string,
  desiredStatus: 'RUNNING' | 'STOPPED',
): Promise<readonly string[]> => {
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecs.client.send(
      new ListTasksCommand({ cluster: ecs.cluster, serviceName: twin, desiredStatus, nextToken }),
    );
    arns.push(...(page.taskArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return arns;
};

/** What is told of a stop, for the rule of `failureOf`. */
const stopOf = ({ stopCode, stoppedReason = '', containers = [] }: Task) => ({
  stopCode: stopCode ?? '',
  stoppedReason,
  containers,
});

/** The failures among a deployment's stopped tasks, by task id. ECS remembers stopped tasks for about an hour. */
export const readFailures = async (
  ecs: ClusterClient,
  twin: string,
  deploymentId: string,
): Promise<Readonly<Record<string, TaskFailure>>> => {
  const tasks = await describeTasks(ecs, await listTasks(ecs, twin, 'STOPPED'));
  return Object.fromEntries(
    tasks.flatMap((task) => {
      if (task.startedBy !== deploymentId || task.lastStatus !== 'STOPPED') return [];
      const failure = failureOf(stopOf(task));
      return failure ? [[taskId(task.taskArn ?? ''), failure] as const] : [];
    }),
  );
};

/** What has stopped of some deployments of a twin since a time, as far as ECS remembers. Two calls for up to 100 tasks. */
export const readStopped = async (
  ecs: ClusterClient,
  twin: string,
  deployments: readonly string[],
  sinceMs: number,
): Promise<readonly StoppedTask[]> => {
  const tasks = await describeTasks(ecs, await listTasks(ecs, twin, 'STOPPED'));
  return tasks.flatMap((task) => {
    const { startedBy = '', lastStatus, startedAt, executionStoppedAt, stoppedAt, stoppingAt } = task;
    const stoppedAtMs = (executionStoppedAt ?? stoppedAt ?? stoppingAt)?.getTime() ?? 0;
    if (!deployments.includes(startedBy) || !overStatuses.some((over) => over === lastStatus) || stoppedAtMs < sinceMs)
      return [];
    return [{ startedAtMs: startedAt?.getTime(), stoppedAtMs, failure: failureOf(stopOf(task)) }];
  });
};

/** A twin's tasks on Fargate Spot, starting ones included, and those that AWS took back in about the last hour. */
export const readSpotTasks = async (
  ecs: ClusterClient,
  twin: string,
): Promise<NonNullable<ObservedCapacity['spot']>> => {
  // One that AWS takes back works on for up to two minutes, and is listed among the stopped ones from the warning on. Warned
  // between the two calls, it is in both lists.
  const arns = new Set([...(await listTasks(ecs, twin, 'RUNNING')), ...(await listTasks(ecs, twin, 'STOPPED'))]);
  const onSpot = (await describeTasks(ecs, [...arns])).filter(
    ({ capacityProviderName }) => capacityProviderName === 'FARGATE_SPOT',
  );
  return {
    tasks: onSpot.filter(({ lastStatus }) => !overStatuses.some((over) => over === lastStatus)).length,
    takenBack: onSpot.flatMap(({ taskArn = '', stopCode, stoppingAt }) =>
      stopCode === 'SpotInterruption' && stoppingAt ? [{ task: taskId(taskArn), atMs: stoppingAt.getTime() }] : [],
    ),
  };
};

export const taskId = (taskArn: string): string => taskArn.slice(taskArn.lastIndexOf('/') + 1);

/** A running task and the digests that its containers were started from. */
export interface RunningTask {
  readonly taskArn: string;
  readonly taskDefinition: string;
  readonly images: readonly { readonly image: string; readonly digest: string | undefined }[];
  readonly startedAtMs: number | undefined;
  readonly health: 'healthy' | 'unhealthy' | 'unknown';
}

const healths = { HEALTHY: 'healthy', UNHEALTHY: 'unhealthy', UNKNOWN: 'unknown' } as const;

const toRunning = (task: Task): RunningTask => ({
  taskArn: task.taskArn ?? '',
  taskDefinition: task.taskDefinitionArn ?? '',
  images: (task.containers ?? []).map(({ image, imageDigest }) => ({ image: image ?? '', digest: imageDigest })),
  startedAtMs: task.startedAt?.getTime(),
  health: healths[task.healthStatus ?? 'UNKNOWN'],
});

/**
 * The running tasks of some twins, with as few calls as the API allows: tasks of several twins fit into one. Those of a twin
 * need not be listed where ECS has told of just as many starts since its deployment began as tasks run, and each of these
 * tasks is found running: then there is no other.
 * @param twins what `DescribeServices` told a moment ago; with a name alone, the tasks are listed.
 */
export const readRunningTasks = async (
  ecs: ClusterClient,
  twins: readonly (Pick<DescribedTwin, 'twin'> & Partial<Pick<DescribedTwin, 'runningCount' | 'startedTasks'>>)[],
): Promise<ReadonlyMap<string, readonly RunningTask[]>> => {
  const found = new Map<string, readonly RunningTask[]>();
  const read = async (names: readonly string[], arns: readonly string[]): Promise<void> => {
    const tasks = (await describeTasks(ecs, arns)).filter(({ lastStatus }) => lastStatus === 'RUNNING');
    for (const name of names) found.set(name, tasks.filter(({ group }) => group === `service:${name}`).map(toRunning));
  };
  const told = twins.filter(({ runningCount, startedTasks }) => startedTasks && startedTasks.length === runningCount);
  const listed = twins.filter((twin) => !told.includes(twin));
  const arns = told.flatMap(({ startedTasks = [] }) => startedTasks);
  for (const { twin } of listed) arns.push(...(await listTasks(ecs, twin, 'RUNNING')));
  await read(
    twins.map(({ twin }) => twin),
    arns,
  );
  // One that ECS told of has stopped, and what runs in its place may not have been told yet.
  const missed = told.filter(({ twin, runningCount }) => found.get(twin)?.length !== runningCount);
  for (const { twin } of missed) await read([twin], await listTasks(ecs, twin, 'RUNNING'));
  return found;
};

const probeGroup = (twin: string): string => `probe:${twin}`;

/**
 * Starts one task of a release that is told not to work.
 * @returns its ARN, or why ECS did not start it.
 */
export const runProbe = async (
  ecs: ClusterClient,
  probe: {
    readonly twin: string;
    readonly taskDefinition: string;
    readonly container: string;
    readonly launch: Readonly<Record<string, unknown>>;
    /** Equal for equal probes: the same call again starts no second task. At most 64 characters. */
    readonly clientToken: string;
  },
): Promise<
  { readonly kind: 'started'; readonly taskArn: string } | { readonly kind: 'refused'; readonly reason: string }
> => {
  const { tasks, failures } = await ecs.client.send(
    new RunTaskCommand({
      ...probe.launch,
      cluster: ecs.cluster,
      taskDefinition: probe.taskDefinition,
      count: 1,
      startedBy: probeStartedBy,
      group: probeGroup(probe.twin),
      clientToken: probe.clientToken,
      overrides: {
        containerOverrides: [{ name: probe.container, environment: [{ name: 'SPILLWAY_PROBE', value: '1' }] }],
      },
    }),
  );
  const taskArn = tasks?.[0]?.taskArn;
  if (taskArn) return { kind: 'started', taskArn };
  return { kind: 'refused', reason: failures?.map(({ reason }) => reason ?? '').join(', ') || 'ECS does not say why' };
};

/**
 * The probes of these twins that run. `startedBy` must be the only filter that a call names.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
 */
export const listProbes = async (ecs: ClusterClient, twins: readonly string[]): Promise<readonly string[]> => {
  const { taskArns } = await ecs.client.send(new ListTasksCommand({ cluster: ecs.cluster, startedBy: probeStartedBy }));
  const tasks = await describeTasks(ecs, taskArns ?? []);
  return tasks.flatMap(({ group, taskArn }) =>
    taskArn && twins.some((twin) => group === probeGroup(twin)) ? [taskArn] : [],
  );
};

export const readProbe = async (ecs: ClusterClient, taskArn: string): Promise<SeenProbe> => {
  const [task] = await describeTasks(ecs, [taskArn]);
  return {
    // ECS shows a stopped task for an hour: one that it does not show was started a moment ago, and the read is late.
    missing: task === undefined,
    stopped: task?.lastStatus === 'STOPPED' ? stoppedProbe(task) : undefined,
    running: task?.lastStatus === 'RUNNING',
    health: healths[task?.healthStatus ?? 'UNKNOWN'],
    images: task ? toRunning(task).images : [],
  };
};

const stoppedProbe = (task: Task): StoppedProbe => ({
  failure: failureOf(stopOf(task)),
  stoppedReason: task.stoppedReason ?? '',
});

/** Stops a task; one that is gone is no error. */
export const stopTask = async (ecs: ClusterClient, taskArn: string, reason: string): Promise<void> => {
  try {
    await ecs.client.send(new StopTaskCommand({ cluster: ecs.cluster, task: taskArn, reason }));
  } catch (error) {
    if (nameOf(error) !== 'InvalidParameterException') throw error;
  }
};

/**
 * The one call of UpdateService that moves a twin; `anew` asks for a deployment even of the same task definition.
 * @returns the twin with the deployment that is primary afterwards; undefined when the service does not exist.
 */
export const updateTwin = async (
  ecs: ClusterClient,
  move: {
    readonly twin: string;
    readonly taskDefinition?: string;
    readonly desiredCount?: number;
    readonly anew?: boolean;
  },
): Promise<{ readonly observed: ObservedTwin; readonly deployment: Deployment } | undefined> => {
  try {
    const { service } = await ecs.client.send(
      new UpdateServiceCommand({
        cluster: ecs.cluster,
        service: move.twin,
        ...(move.taskDefinition !== undefined && { taskDefinition: move.taskDefinition }),
        ...(move.desiredCount !== undefined && { desiredCount: move.desiredCount }),
        ...(move.anew && { forceNewDeployment: true }),
      }),
    );
    const observed = service && toObserved(service);
    const primary = observed?.primary;
    if (!primary)
      throw new ExpectedFailure('UnexpectedAnswer', `UpdateService of ${move.twin} answered no deployment.`);
    return { observed, deployment: { id: primary.id, createdAtMs: primary.createdAtMs } };
  } catch (error) {
    if (['ServiceNotFoundException', 'ServiceNotActiveException'].includes(nameOf(error))) return undefined;
    throw error;
  }
};

/** The ARNs of the ACTIVE container instances that match an expression of the cluster query language, or of all. */
const listInstances = async (ecs: ClusterClient, filter?: string): Promise<readonly string[]> => {
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecs.client.send(
      new ListContainerInstancesCommand({
        cluster: ecs.cluster,
        status: 'ACTIVE',
        nextToken,
        ...(filter && { filter }),
      }),
    );
    arns.push(...(page.containerInstanceArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return arns;
};

const describeInstances = async (
  ecs: ClusterClient,
  arns: readonly string[],
): Promise<readonly ContainerInstance[]> => {
  const found: ContainerInstance[] = [];
  for (let from = 0; from < arns.length; from += tasksPerCall) {
    const { containerInstances } = await ecs.client.send(
      new DescribeContainerInstancesCommand({
        cluster: ecs.cluster,
        containerInstances: arns.slice(from, from + tasksPerCall),
      }),
    );
    found.push(...(containerInstances ?? []));
  }
  // External machines register under their Systems Manager id.
  return found.filter(({ ec2InstanceId }) => ec2InstanceId?.startsWith('mi-'));
};

const amount = (resources: readonly Resource[] | undefined, name: string): number =>
  resources?.find((resource) => resource.name === name)?.integerValue ?? 0;

/**
 * How many more tasks of a size the connected external machines can take. Ports and placement constraints are not
 * looked at, so it is an upper bound.
 */
export const readExternalRoom = async (
  ecs: ClusterClient,
  task: { readonly cpuUnits: number; readonly memoryMiB: number },
): Promise<number> => {
  let room = 0;
  for (const { agentConnected, remainingResources } of await describeInstances(ecs, await listInstances(ecs))) {
    if (!agentConnected) continue;
    room += Math.max(
      0,
      Math.min(
        Math.floor(amount(remainingResources, 'CPU') / task.cpuUnits),
        Math.floor(amount(remainingResources, 'MEMORY') / task.memoryMiB),
      ),
    );
  }
  return room;
};

/**
 * Picks the machines on which ECS may place tasks of a twin, by its `memberOf` constraints, which speak the same language as
 * a filter; empty where it may use all.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
 */
export const machinesOf = (twin: DescribedTwin): string => {
  const constraints = (twin.launch.placementConstraints ?? []) as readonly PlacementConstraint[];
  const expressions = constraints.flatMap(({ type, expression }) => (type === 'memberOf' && expression) || []);
  const [only = ''] = expressions;
  return expressions.length > 1 ? expressions.map((each) => `(${each})`).join(' and ') : only;
};

/** The ARNs of the machines on which ECS may place tasks of a twin. */
export const findMachines = (ecs: ClusterClient, twin: DescribedTwin): Promise<readonly string[]> =>
  listInstances(ecs, machinesOf(twin));

/** The ARNs of the machines among these that answer ECS. One call for up to 100 of them. */
export const listAnswering = (ecs: ClusterClient, machines: string): Promise<readonly string[]> =>
  listInstances(ecs, `agentConnected == true${machines && ` and (${machines})`}`);

/**
 * Tasks of a twin that ECS has told to stop, on machines other than those that answer; undefined where it waits for none, or
 * for any on one of these. Two calls for up to 100 tasks.
 */
export const readUnreachable = async (
  ecs: ClusterClient,
  twin: string,
  answering: readonly string[],
): Promise<Unreachable | undefined> => {
  const stopping = (await describeTasks(ecs, await listTasks(ecs, twin, 'STOPPED'))).filter(
    ({ lastStatus }) => lastStatus !== 'STOPPED',
  );
  const machines = [...new Set(stopping.map(({ containerInstanceArn = '' }) => containerInstanceArn))];
  if (machines.length === 0 || machines.some((arn) => answering.includes(arn))) return undefined;
  return { tasks: stopping.length, machines: machines.map((arn) => arn.slice(arn.lastIndexOf('/') + 1)).toSorted() };
};

/** The machines of a twin. Two calls for up to 100 of them. */
export const readMachines = async (ecs: ClusterClient, twin: DescribedTwin): Promise<readonly ObservedMachine[]> =>
  describeMachines(ecs, await findMachines(ecs, twin));

/** Machines by their ARNs; one that is ACTIVE no more is left out. */
export const describeMachines = async (
  ecs: ClusterClient,
  arns: readonly string[],
): Promise<readonly ObservedMachine[]> => {
  const active = (await describeInstances(ecs, arns)).filter(({ status = 'ACTIVE' }) => status === 'ACTIVE');
  return active.map((instance) => {
    const { ec2InstanceId, agentConnected, attributes, remainingResources: free, registeredResources: all } = instance;
    const ports = (name: string, protocol: string): readonly string[] =>
      (free?.find((resource) => resource.name === name)?.stringSetValue ?? []).map((port) => `${port}/${protocol}`);
    return {
      name: ec2InstanceId ?? '',
      connected: agentConnected ?? false,
      architecture: attributes?.find(({ name }) => name === 'ecs.cpu-architecture')?.value ?? 'x86_64',
      freeCpuUnits: amount(free, 'CPU'),
      freeMemoryMiB: amount(free, 'MEMORY'),
      usedCpuUnits: amount(all, 'CPU') - amount(free, 'CPU'),
      usedMemoryMiB: amount(all, 'MEMORY') - amount(free, 'MEMORY'),
      // What is listed as remaining of ports are those that are taken.
      takenPorts: [...ports('PORTS', 'tcp'), ...ports('PORTS_UDP', 'udp')],
    };
  });
};
