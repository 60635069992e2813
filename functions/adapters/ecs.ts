import {
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListContainerInstancesCommand,
  ListTasksCommand,
  type Service,
  type Task,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { ExpectedFailure, nameOf } from '../core/errors.ts';
import type { ObservedDeployment, ObservedTwin, TaskFailure } from '../core/judge-twin.ts';
import type { Deployment } from '../core/state.ts';

export interface ClusterClient {
  readonly client: Pick<ECSClient, 'send'>;
  readonly cluster: string;
}

const deploymentStates: Readonly<Record<string, ObservedDeployment['state']>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
};

const toObserved = (service: Service): ObservedTwin => {
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
  // "was unable to place a task because …"; the newest events come first.
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
  const placement = service.events?.find(({ message }) => message?.includes('unable to place a task'));
  return {
    twin: service.serviceName ?? '',
    active: service.status === 'ACTIVE',
    desiredCount: service.desiredCount ?? 0,
    runningCount: service.runningCount ?? 0,
    pendingCount: service.pendingCount ?? 0,
    deploymentCount: service.deployments?.length ?? 0,
    primary: primary && {
      id: primary.id ?? '',
      taskDefinition: primary.taskDefinition ?? '',
      createdAtMs: primary.createdAt?.getTime() ?? 0,
      state: deploymentStates[primary.rolloutState ?? ''] ?? 'in-progress',
      stateReason: primary.rolloutStateReason ?? '',
      failedTasks: primary.failedTasks ?? 0,
    },
    placementFailure: placement?.createdAt && {
      atMs: placement.createdAt.getTime(),
      reason: placement.message ?? '',
    },
  };
};

/** What ECS knows of these twins; one that does not exist is missing in the answer. At most 10. */
export const describeTwins = async (
  ecs: ClusterClient,
  twins: readonly string[],
): Promise<ReadonlyMap<string, ObservedTwin>> => {
  const { services } = await ecs.client.send(
    new DescribeServicesCommand({ cluster: ecs.cluster, services: [...twins] }),
  );
  return new Map((services ?? []).map((service) => [service.serviceName ?? '', toObserved(service)]));
};

/** Where a task definition's containers and what ECS says of a stop are told apart. */
export interface StoppedTask {
  readonly taskArn: string;
  readonly startedBy: string;
  readonly stopCode: string;
  readonly stoppedReason: string;
  readonly containers: readonly { readonly name?: string; readonly exitCode?: number; readonly reason?: string }[];
}

// An image that is not there: Docker's and containerd's words, and ECR's own.
const imageGone = /not found|manifest unknown|does not exist|ImageNotFound/i;

/**
 * Whether a stopped task counts against its release, and as what. Tasks that ECS stopped to scale or to replace, that a
 * person stopped, or whose capacity went away, do not.
 */
export const failureOf = (task: Omit<StoppedTask, 'taskArn' | 'startedBy'>): TaskFailure | undefined => {
  const container = task.containers.find(({ reason }) => reason)?.reason;
  const reason = [task.stoppedReason, container].filter((each) => each).join(' ');
  switch (task.stopCode) {
    case 'TaskFailedToStart':
      return /CannotPull/.test(reason)
        ? { cause: 'pull-failure', reason, mendable: !imageGone.test(reason) }
        : { cause: 'failed-to-start', reason, mendable: true };
    case 'EssentialContainerExited': {
      const exits = task.containers
        .filter(({ exitCode }) => exitCode !== undefined)
        .map(({ name, exitCode }) => `${name ?? 'container'} exited with ${exitCode}`);
      return { cause: 'crash-after-start', reason: [reason, ...exits].join('; '), mendable: true };
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
      const failure = failureOf({
        stopCode: task.stopCode ?? '',
        stoppedReason: task.stoppedReason ?? '',
        containers: task.containers ?? [],
      });
      return failure ? [[taskId(task.taskArn ?? ''), failure] as const] : [];
    }),
  );
};

export const taskId = (taskArn: string): string => taskArn.slice(taskArn.lastIndexOf('/') + 1);

/** A running task and the digests that its containers were started from. */
export interface RunningTask {
  readonly taskArn: string;
  readonly taskDefinition: string;
  readonly images: readonly { readonly image: string; readonly digest: string | undefined }[];
}

export const readRunningTasks = async (ecs: ClusterClient, twin: string): Promise<readonly RunningTask[]> => {
  const tasks = await describeTasks(ecs, await listTasks(ecs, twin, 'RUNNING'));
  return tasks
    .filter(({ lastStatus }) => lastStatus === 'RUNNING')
    .map((task) => ({
      taskArn: task.taskArn ?? '',
      taskDefinition: task.taskDefinitionArn ?? '',
      images: (task.containers ?? []).map(({ image, imageDigest }) => ({ image: image ?? '', digest: imageDigest })),
    }));
};

/**
 * The one call of UpdateService that moves a twin.
 * @returns the deployment that is primary afterwards; undefined when the service does not exist.
 */
export const updateTwin = async (
  ecs: ClusterClient,
  move: { readonly twin: string; readonly taskDefinition?: string; readonly desiredCount?: number },
): Promise<Deployment | undefined> => {
  try {
    const { service } = await ecs.client.send(
      new UpdateServiceCommand({
        cluster: ecs.cluster,
        service: move.twin,
        ...(move.taskDefinition !== undefined && { taskDefinition: move.taskDefinition }),
        ...(move.desiredCount !== undefined && { desiredCount: move.desiredCount }),
      }),
    );
    const primary = service && toObserved(service).primary;
    if (!primary)
      throw new ExpectedFailure('UnexpectedAnswer', `UpdateService of ${move.twin} answered no deployment.`);
    return { id: primary.id, createdAtMs: primary.createdAtMs };
  } catch (error) {
    if (['ServiceNotFoundException', 'ServiceNotActiveException'].includes(nameOf(error))) return undefined;
    throw error;
  }
};

/**
 * How many more tasks of a size the connected external machines can take. Ports and placement constraints are not
 * looked at, so it is an upper bound.
 */
export const readExternalRoom = async (
  ecs: ClusterClient,
  task: { readonly cpuUnits: number; readonly memoryMiB: number },
): Promise<number> => {
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecs.client.send(
      new ListContainerInstancesCommand({ cluster: ecs.cluster, status: 'ACTIVE', nextToken }),
    );
    arns.push(...(page.containerInstanceArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  let room = 0;
  for (let from = 0; from < arns.length; from += tasksPerCall) {
    const { containerInstances } = await ecs.client.send(
      new DescribeContainerInstancesCommand({
        cluster: ecs.cluster,
        containerInstances: arns.slice(from, from + tasksPerCall),
      }),
    );
    for (const instance of containerInstances ?? []) {
      // External machines register under their Systems Manager id.
      if (!instance.agentConnected || !instance.ec2InstanceId?.startsWith('mi-')) continue;
      const free = (name: string): number =>
        instance.remainingResources?.find((resource) => resource.name === name)?.integerValue ?? 0;
      room += Math.max(
        0,
        Math.min(Math.floor(free('CPU') / task.cpuUnits), Math.floor(free('MEMORY') / task.memoryMiB)),
      );
    }
  }
  return room;
};
