import type {
  Attribute,
  CapacityProviderStrategyItem,
  ClusterSetting,
  ContainerDefinition,
  CreateServiceRequest,
  DeploymentConfiguration,
  HealthCheck,
  LoadBalancer,
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  RegisterTaskDefinitionRequest,
  Tag,
  TaskOverride,
} from '@aws-sdk/client-ecs';
import type { RuntimeTask } from '../cloud/ports.ts';
import type { Timer } from '../kernel/kernel.ts';
import type { FargateProvider, Strategy } from './capacity-providers.ts';

/** What the control plane knows, as mutable records. Answers of the API are copied from them, never the records themselves. */

export type LaunchType = 'EXTERNAL' | 'FARGATE';

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

export type HealthStatus = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';

export type StopCode =
  | 'TaskFailedToStart'
  | 'EssentialContainerExited'
  | 'UserInitiated'
  | 'ServiceSchedulerInitiated'
  | 'SpotInterruption'
  | 'InfrastructureHealth';

export interface ClusterRecord {
  readonly name: string;
  readonly arn: string;
  status: 'ACTIVE' | 'INACTIVE';
  tags: Tag[];
  settings: ClusterSetting[];
  capacityProviders: string[];
  defaultCapacityProviderStrategy: CapacityProviderStrategyItem[];
  readonly services: Map<string, ServiceRecord>;
  /** By id. Stopped tasks stay for as long as they can be described. */
  readonly tasks: Map<string, TaskRecord>;
  /** By id. */
  readonly instances: Map<string, InstanceRecord>;
}

export interface TaskDefinitionRecord {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  status: 'ACTIVE' | 'INACTIVE';
  readonly registeredAtMs: number;
  deregisteredAtMs: number | undefined;
  readonly registeredBy: string | undefined;
  readonly input: RegisterTaskDefinitionRequest;
  readonly containers: readonly ContainerDefinition[];
  readonly networkMode: 'awsvpc' | 'bridge' | 'host' | 'none';
  readonly compatibilities: readonly string[];
  /** CPU units and MiB that a task takes from an instance. */
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly hostPorts: readonly number[];
  tags: Tag[];
}

export interface InstanceRecord {
  readonly id: string;
  readonly arn: string;
  readonly managedInstanceId: string;
  readonly publicAddress: string | undefined;
  readonly cluster: ClusterRecord;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  /** What the control plane believes. */
  agentConnected: boolean;
  /** What is true of the link. */
  linked: boolean;
  linkChangedAtMs: number;
  linkTimer: Timer | undefined;
  /** When ECS gives up the tasks of an instance that stays away, if it ever does. */
  giveUpTimer: Timer | undefined;
  version: number;
  readonly registeredAtMs: number;
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly attributes: readonly Attribute[];
  tags: Tag[];
  /** Tasks that hold resources here, by the control plane's books. */
  readonly tasks: Set<TaskRecord>;
  /** Digests of the images that the machine holds. */
  readonly images: Set<string>;
  /** What the agent could not tell, in order. */
  readonly unheard: (() => void)[];
  /** What the control plane could not deliver, in order. */
  readonly undelivered: (() => void)[];
}

export interface ServiceEventRecord {
  readonly id: string;
  readonly createdAtMs: number;
  readonly message: string;
}

export interface ServiceRecord {
  readonly name: string;
  readonly arn: string;
  readonly cluster: ClusterRecord;
  readonly launchType: LaunchType;
  /** Whether the service was created with a launch type, to which alone an empty strategy can lead back. */
  readonly createdWithLaunchType: boolean;
  /** Of a service that names capacity providers instead of a launch type; all of them are Fargate's. */
  capacityProviderStrategy: Strategy;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  readonly createdAtMs: number;
  readonly createdBy: string | undefined;
  readonly clientToken: string | undefined;
  /** The request that created the service, to tell a repeated call from another one. */
  readonly createdFrom: CreateServiceRequest;
  desiredCount: number;
  taskDefinition: TaskDefinitionRecord;
  deploymentConfiguration: DeploymentConfiguration & { minimumHealthyPercent: number; maximumPercent: number };
  networkConfiguration: NetworkConfiguration | undefined;
  loadBalancers: readonly LoadBalancer[];
  placementConstraints: readonly PlacementConstraint[];
  placementStrategy: readonly PlacementStrategy[];
  platformVersion: string | undefined;
  healthCheckGracePeriodSeconds: number | undefined;
  enableExecuteCommand: boolean;
  enableEcsManagedTags: boolean;
  propagateTags: 'TASK_DEFINITION' | 'SERVICE' | 'NONE';
  availabilityZoneRebalancing: 'ENABLED' | 'DISABLED';
  tags: Tag[];
  /** Newest first; the first is PRIMARY. */
  deployments: DeploymentRecord[];
  /** The deployment that a rollback returns to: the newest that completed. */
  lastCompleted: DeploymentRecord | undefined;
  /** Newest first, at most 100. */
  events: ServiceEventRecord[];
  /** When each kind of message was last told, so that duplicates are left out. */
  readonly told: Map<string, { readonly message: string; readonly atMs: number }>;
  /** Tasks of the service that are not STOPPED. */
  readonly tasks: Set<TaskRecord>;
  /** All service deployments of the last 90 days, newest first (DG:service-deployment). */
  history: DeploymentRecord[];
  /** Those of them whose status ECS has yet to move on. */
  readonly moving: Set<DeploymentRecord>;
  wakeTimer: Timer | undefined;
  retryTimer: Timer | undefined;
  retryAtMs: number;
  steadyTimer: Timer | undefined;
  steady: boolean;
  /** The last attempt to place a task found no room: a change of capacity wakes the service. */
  placementBlocked: boolean;
}

export interface PinnedImage {
  readonly repository: string;
  readonly digest: string;
}

export type ServiceDeploymentStatus =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'SUCCESSFUL'
  | 'STOP_REQUESTED'
  | 'STOPPED'
  | 'ROLLBACK_REQUESTED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED';

export interface DeploymentRecord {
  readonly id: string;
  readonly service: ServiceRecord;
  readonly taskDefinition: TaskDefinitionRecord;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  readonly loadBalancers: readonly LoadBalancer[];
  readonly platformVersion: string | undefined;
  readonly createdAtMs: number;
  updatedAtMs: number;
  /** For the PRIMARY the service's count; for an older one how many tasks it still keeps. */
  desiredCount: number;
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  rolloutStateReason: string;
  failedTasks: number;
  /** A task of it has been RUNNING since it became PRIMARY: the breaker's first stage is over. */
  anyRunning: boolean;
  /** Digests that all its tasks use; undefined where the deployment is not pinned. */
  pinned: Map<string, PinnedImage> | undefined;
  failedResolutions: number;
  /** It is running again because a newer one failed. */
  rollbackOf: DeploymentRecord | undefined;
  /** Rounds of launches that failed since a task was RUNNING: the delay doubles with each. */
  failedRounds: number;
  /** The round that tasks started now belong to. */
  round: number;
  notBeforeMs: number;
  bakeTimer: Timer | undefined;
  baked: boolean;
  alarmTimer: Timer | undefined;
  /** Alarms that were in ALARM when it began; undefined until CloudWatch has been asked. */
  ignoredAlarms: ReadonlySet<string> | undefined;
  triggeredAlarms: readonly string[];
  failedBy: 'breaker' | 'alarm' | 'wish' | undefined;
  // The same deployment as the service-deployment API tells it.
  readonly serviceDeploymentId: string;
  readonly serviceRevisionId: string;
  readonly sourceRevisionIds: readonly string[];
  deploymentStatus: ServiceDeploymentStatus;
  deploymentStatusReason: string | undefined;
  startedAtMs: number | undefined;
  finishedAtMs: number | undefined;
  stoppedAtMs: number | undefined;
  rollbackReason: string | undefined;
  rollbackStartedAtMs: number | undefined;
  rollbackToRevisionId: string | undefined;
}

export interface ContainerRecord {
  readonly definition: ContainerDefinition;
  readonly id: string;
  lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED';
  exitCode: number | undefined;
  reason: string | undefined;
  runtimeId: string | undefined;
  imageDigest: string | undefined;
  healthStatus: HealthStatus;
}

/** The side of a task that the agent sees: on an external instance it goes on while nobody hears of it. */
export interface AgentSide {
  readonly runtime: RuntimeTask;
  readonly exited: Map<string, number>;
  readonly healthTimers: Map<string, Timer>;
  stopping: boolean;
  over: boolean;
}

export interface TaskRecord {
  readonly id: string;
  readonly arn: string;
  readonly cluster: ClusterRecord;
  readonly taskDefinition: TaskDefinitionRecord;
  readonly launchType: LaunchType;
  readonly capacityProvider: FargateProvider | undefined;
  readonly instance: InstanceRecord | undefined;
  readonly service: ServiceRecord | undefined;
  readonly deployment: DeploymentRecord | undefined;
  readonly round: number;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly overrides: TaskOverride;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  readonly enableExecuteCommand: boolean;
  readonly containers: readonly ContainerRecord[];
  /** Of the ENI (Fargate); unique among tasks that are not STOPPED. */
  readonly privateAddress: string | undefined;
  readonly attachmentId: string | undefined;
  /** Factor on the usual time of its provisioning and its pull. */
  readonly slowness: number;
  tags: Tag[];
  lastStatus: TaskStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  version: number;
  stopCode: StopCode | undefined;
  stoppedReason: string | undefined;
  readonly createdAtMs: number;
  connectivityAtMs: number | undefined;
  pullStartedAtMs: number | undefined;
  pullStoppedAtMs: number | undefined;
  startedAtMs: number | undefined;
  stoppingAtMs: number | undefined;
  executionStoppedAtMs: number | undefined;
  stoppedAtMs: number | undefined;
  /** The next step of the start or the end. */
  timer: Timer | undefined;
  agent: AgentSide | undefined;
  /** RUNNING for long enough to count as healthy without any check. */
  waited: boolean;
  /** The scheduler has seen it healthy once. */
  seenHealthy: boolean;
  /** It has counted for the circuit breaker already. */
  counted: boolean;
  /** Target groups it is registered with. */
  readonly targetGroups: Set<string>;
  protectedUntilMs: number | undefined;
  /** Its instance was deregistered by force: the containers go on and nobody hears of them. */
  orphaned: boolean;
}

/** Statuses in which a task counts as pending. */
export const isPending = (task: TaskRecord): boolean =>
  task.lastStatus === 'PROVISIONING' || task.lastStatus === 'PENDING';

/** Statuses in which a task's containers run: it counts as running until they have ended. */
export const isRunning = (task: TaskRecord): boolean =>
  task.lastStatus === 'RUNNING' || task.lastStatus === 'DEACTIVATING' || task.lastStatus === 'STOPPING';

/** The health check of a container's definition; that of its image does not count (BC:ecs.HealthCheck). */
export const healthCheckOf = ({ healthCheck }: ContainerDefinition): HealthCheck | undefined =>
  healthCheck?.command?.[0] === 'NONE' ? undefined : healthCheck;

/** Whether an essential container of the task has a health check. */
export const hasHealthCheck = (taskDefinition: TaskDefinitionRecord): boolean =>
  taskDefinition.containers.some((container) => container.essential !== false && healthCheckOf(container));

/** UNHEALTHY before UNKNOWN before HEALTHY, over the essential containers (BC:ecs.HealthCheck). */
export const taskHealth = (task: TaskRecord): HealthStatus => {
  const essential = task.containers.filter((container) => container.definition.essential !== false);
  const checked = essential.filter((container) => healthCheckOf(container.definition));
  if (checked.some((container) => container.healthStatus === 'UNHEALTHY')) return 'UNHEALTHY';
  if (essential.some((container) => container.healthStatus === 'UNKNOWN')) return 'UNKNOWN';
  return 'HEALTHY';
};

/** As `taskHealth`, for the scheduler: containers without a health check say nothing. */
export const checkedHealth = (task: TaskRecord): HealthStatus => {
  const checked = task.containers.filter(
    (container) => container.definition.essential !== false && healthCheckOf(container.definition),
  );
  if (checked.some((container) => container.healthStatus === 'UNHEALTHY')) return 'UNHEALTHY';
  if (checked.some((container) => container.healthStatus === 'UNKNOWN')) return 'UNKNOWN';
  return 'HEALTHY';
};
