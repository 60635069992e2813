import type {
  CapacityProviderStrategyItem,
  Cluster,
  Container,
  ContainerInstance,
  Deployment,
  Resource,
  Service,
  ServiceDeployment,
  ServiceRevision,
  Task,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import { copied } from '../cloud/copied.ts';
import type { EcsArns } from './arns.ts';
import { breakerThreshold } from './deployment-arithmetic.ts';
import type {
  ClusterRecord,
  ContainerRecord,
  DeploymentRecord,
  InstanceRecord,
  ServiceRecord,
  TaskDefinitionRecord,
  TaskRecord,
} from './model.ts';
import { isPending, isRunning, taskHealth } from './model.ts';
import { freeResources, reservedPorts } from './placement.ts';
import { requiredAttributes } from './required-attributes.ts';

/** What the API answers about the records. Every answer is a copy: nobody outside holds a record. */

const date = (ms: number | undefined): Date | undefined => (ms === undefined ? undefined : new Date(ms));

export const clusterView = (cluster: ClusterRecord, include: readonly string[]): Cluster => {
  const tasks = [...cluster.tasks.values()];
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: cluster.instances.size,
    runningTasksCount: tasks.filter(isRunning).length,
    pendingTasksCount: tasks.filter(isPending).length,
    activeServicesCount: [...cluster.services.values()].filter((service) => service.status === 'ACTIVE').length,
    statistics: [],
    tags: include.includes('TAGS') ? copied(cluster.tags) : [],
    settings: include.includes('SETTINGS') ? copied(cluster.settings) : [],
    capacityProviders: [...cluster.capacityProviders],
    defaultCapacityProviderStrategy: copied(cluster.defaultCapacityProviderStrategy),
  };
};

export const taskDefinitionView = (record: TaskDefinitionRecord): TaskDefinition => {
  const { tags: _tags, containerDefinitions: _containers, ...input } = copied(record.input);
  return {
    taskDefinitionArn: record.arn,
    ...input,
    containerDefinitions: copied(record.containers) as TaskDefinition['containerDefinitions'],
    networkMode: record.networkMode,
    revision: record.revision,
    volumes: input.volumes ?? [],
    status: record.status,
    requiresAttributes: requiredAttributes(record).map((name) => ({ name })),
    placementConstraints: input.placementConstraints ?? [],
    compatibilities: [...record.compatibilities] as TaskDefinition['compatibilities'],
    registeredAt: new Date(record.registeredAtMs),
    deregisteredAt: date(record.deregisteredAtMs),
    registeredBy: record.registeredBy,
  };
};

/** A service has a launch type or a strategy, never both. Nothing says that a strategy comes back in the order in which it was given. */
const capacityView = ({ launchType, capacityProviderStrategy }: ServiceRecord) =>
  capacityProviderStrategy.length > 0
    ? { capacityProviderStrategy: copied(capacityProviderStrategy.toReversed()) as CapacityProviderStrategyItem[] }
    : { launchType };

export const deploymentView = (deployment: DeploymentRecord): Deployment => {
  const { service } = deployment;
  const tasks = [...service.tasks].filter((task) => task.deployment === deployment);
  return {
    id: deployment.id,
    status: service.status === 'INACTIVE' ? 'INACTIVE' : service.deployments[0] === deployment ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: deployment.taskDefinition.arn,
    desiredCount: deployment.desiredCount,
    pendingCount: tasks.filter(isPending).length,
    runningCount: tasks.filter(isRunning).length,
    failedTasks: deployment.failedTasks,
    createdAt: new Date(deployment.createdAtMs),
    updatedAt: new Date(deployment.updatedAtMs),
    ...capacityView(service),
    ...(service.launchType === 'FARGATE' && { platformVersion: '1.4.0', platformFamily: 'Linux' }),
    ...(deployment.networkConfiguration && {
      networkConfiguration: copied(deployment.networkConfiguration),
    }),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  };
};

export const serviceView = (arns: EcsArns, service: ServiceRecord, include: readonly string[] = ['TAGS']): Service => {
  const tasks = [...service.tasks];
  const primary = service.deployments[0];
  const current = service.history.find(({ finishedAtMs }) => finishedAtMs === undefined) ?? primary;
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    loadBalancers: copied(service.loadBalancers) as Service['loadBalancers'],
    serviceRegistries: [],
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: tasks.filter(isRunning).length,
    pendingCount: tasks.filter(isPending).length,
    ...capacityView(service),
    ...(service.launchType === 'FARGATE' && {
      platformVersion: service.platformVersion ?? 'LATEST',
      platformFamily: 'Linux',
    }),
    taskDefinition: service.taskDefinition.arn,
    deploymentConfiguration: copied(service.deploymentConfiguration),
    deployments: service.deployments.map(deploymentView),
    roleArn: service.arn.replace(/^arn:aws:ecs:[^:]*:(\d+):.*$/, (_, account: string) => serviceRole(account)),
    events: service.events.map(({ id, createdAtMs, message }) => ({ id, createdAt: new Date(createdAtMs), message })),
    createdAt: new Date(service.createdAtMs),
    ...(current && {
      currentServiceDeployment: arns.serviceDeployment(service.cluster.name, service.name, current.serviceDeploymentId),
    }),
    currentServiceRevisions: service.deployments.map((deployment) => revisionSummary(arns, deployment)),
    placementConstraints: copied(service.placementConstraints) as Service['placementConstraints'],
    placementStrategy: copied(service.placementStrategy) as Service['placementStrategy'],
    ...(service.networkConfiguration && { networkConfiguration: copied(service.networkConfiguration) }),
    ...(service.healthCheckGracePeriodSeconds !== undefined && {
      healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    }),
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    ...(include.includes('TAGS') && { tags: copied(service.tags) }),
    ...(service.createdBy && { createdBy: service.createdBy }),
    enableECSManagedTags: service.enableEcsManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
  };
};

const serviceRole = (account: string): string =>
  `arn:aws:iam::${account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`;

const revisionArn = (arns: EcsArns, service: ServiceRecord, id: string): string =>
  arns.serviceRevision(service.cluster.name, service.name, id);

const revisionSummary = (arns: EcsArns, deployment: DeploymentRecord) => {
  const tasks = [...deployment.service.tasks].filter((task) => task.deployment === deployment);
  return {
    arn: revisionArn(arns, deployment.service, deployment.serviceRevisionId),
    requestedTaskCount: deployment.desiredCount,
    runningTaskCount: tasks.filter(isRunning).length,
    pendingTaskCount: tasks.filter(isPending).length,
  };
};

export const serviceDeploymentView = (arns: EcsArns, deployment: DeploymentRecord): ServiceDeployment => {
  const { service } = deployment;
  const breaker = service.deploymentConfiguration.deploymentCircuitBreaker;
  const { alarms } = service.deploymentConfiguration;
  const monitor = (enabled: boolean, cause: DeploymentRecord['failedBy']) => {
    if (!enabled) return 'DISABLED';
    if (deployment.failedBy === cause) return 'TRIGGERED';
    return deployment.finishedAtMs === undefined ? 'MONITORING' : 'MONITORING_COMPLETE';
  };
  return {
    serviceDeploymentArn: arns.serviceDeployment(service.cluster.name, service.name, deployment.serviceDeploymentId),
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    createdAt: new Date(deployment.createdAtMs),
    startedAt: date(deployment.startedAtMs),
    finishedAt: date(deployment.finishedAtMs),
    stoppedAt: date(deployment.stoppedAtMs),
    updatedAt: new Date(deployment.updatedAtMs),
    sourceServiceRevisions: deployment.sourceRevisionIds.map((id) => ({ arn: revisionArn(arns, service, id) })),
    targetServiceRevision: revisionSummary(arns, deployment),
    status: deployment.deploymentStatus,
    statusReason: deployment.deploymentStatusReason,
    deploymentConfiguration: copied(service.deploymentConfiguration),
    ...(deployment.rollbackReason && {
      rollback: {
        reason: deployment.rollbackReason,
        startedAt: date(deployment.rollbackStartedAtMs),
        serviceRevisionArn:
          deployment.rollbackToRevisionId && revisionArn(arns, service, deployment.rollbackToRevisionId),
      },
    }),
    deploymentCircuitBreaker: {
      status: monitor(breaker?.enable === true, 'breaker'),
      failureCount: deployment.failedTasks,
      threshold: breaker ? breakerThreshold(service.desiredCount, breaker) : 0,
    },
    alarms: {
      status: monitor(alarms?.enable === true, 'alarm'),
      alarmNames: [...(alarms?.alarmNames ?? [])],
      triggeredAlarmNames: [...deployment.triggeredAlarms],
    },
  };
};

export const serviceRevisionView = (arns: EcsArns, deployment: DeploymentRecord): ServiceRevision => {
  const { service } = deployment;
  return {
    serviceRevisionArn: revisionArn(arns, service, deployment.serviceRevisionId),
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    taskDefinition: deployment.taskDefinition.arn,
    ...capacityView(service),
    ...(service.launchType === 'FARGATE' && { platformVersion: '1.4.0', platformFamily: 'Linux' }),
    loadBalancers: copied(deployment.loadBalancers) as ServiceRevision['loadBalancers'],
    serviceRegistries: [],
    ...(deployment.networkConfiguration && {
      networkConfiguration: copied(deployment.networkConfiguration),
    }),
    containerImages: deployment.taskDefinition.containers.map((container) => ({
      containerName: container.name,
      image: container.image,
      imageDigest: deployment.pinned?.get(container.name ?? '')?.digest,
    })),
    guardDutyEnabled: false,
    createdAt: new Date(deployment.createdAtMs),
  };
};

export const instanceView = (instance: InstanceRecord, include: readonly string[] = ['TAGS']): ContainerInstance => {
  const free = freeResources(instance);
  const tasks = [...instance.tasks];
  return {
    containerInstanceArn: instance.arn,
    ec2InstanceId: instance.managedInstanceId,
    version: instance.version,
    versionInfo: { agentVersion: '1.105.1', agentHash: '8dfceca2', dockerVersion: 'DockerVersion: 28.3.3' },
    remainingResources: resources(free.cpuUnits, free.memoryMiB, [...free.hostPorts]),
    registeredResources: resources(instance.cpuUnits, instance.memoryMiB, []),
    status: instance.status,
    agentConnected: instance.agentConnected,
    runningTasksCount: tasks.filter(isRunning).length,
    pendingTasksCount: tasks.filter(isPending).length,
    attributes: copied(instance.attributes) as ContainerInstance['attributes'],
    registeredAt: new Date(instance.registeredAtMs),
    attachments: [],
    tags: include.includes('TAGS') ? copied(instance.tags) : [],
  };
};

const resources = (cpuUnits: number, memoryMiB: number, ports: readonly number[]): Resource[] => [
  { name: 'CPU', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: cpuUnits },
  { name: 'MEMORY', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: memoryMiB },
  {
    name: 'PORTS',
    type: 'STRINGSET',
    doubleValue: 0,
    longValue: 0,
    integerValue: 0,
    stringSetValue: [...reservedPorts, ...ports].map(String),
  },
  { name: 'PORTS_UDP', type: 'STRINGSET', doubleValue: 0, longValue: 0, integerValue: 0, stringSetValue: [] },
];

export const taskView = (arns: EcsArns, task: TaskRecord, include: readonly string[] = ['TAGS']): Task => ({
  attachments: task.attachmentId
    ? [
        {
          id: task.attachmentId,
          type: 'ElasticNetworkInterface',
          status: attachmentStatus(task),
          details: attachmentDetails(task),
        },
      ]
    : [],
  attributes: [{ name: 'ecs.cpu-architecture', value: architectureOf(task) }],
  ...(task.launchType === 'FARGATE' && { availabilityZone: 'us-east-1a' }),
  ...(task.capacityProvider && { capacityProviderName: task.capacityProvider }),
  clusterArn: task.cluster.arn,
  ...(task.connectivityAtMs !== undefined && {
    connectivity: task.instance?.agentConnected === false ? 'DISCONNECTED' : 'CONNECTED',
    connectivityAt: new Date(task.connectivityAtMs),
  }),
  ...(task.instance && { containerInstanceArn: task.instance.arn }),
  containers: task.containers.map((container) => containerView(arns, task, container)),
  cpu: task.overrides.cpu ?? task.taskDefinition.input.cpu ?? String(task.taskDefinition.cpuUnits),
  createdAt: new Date(task.createdAtMs),
  desiredStatus: task.desiredStatus,
  enableExecuteCommand: task.enableExecuteCommand,
  ...(task.executionStoppedAtMs !== undefined && { executionStoppedAt: new Date(task.executionStoppedAtMs) }),
  group: task.group,
  healthStatus: taskHealth(task),
  lastStatus: task.lastStatus,
  launchType: task.launchType,
  memory: task.overrides.memory ?? task.taskDefinition.input.memory ?? String(task.taskDefinition.memoryMiB),
  overrides: {
    ...copied(task.overrides),
    containerOverrides: task.containers.map(({ definition }) => ({
      name: definition.name,
      ...copied(task.overrides.containerOverrides?.find(({ name }) => name === definition.name)),
    })),
    inferenceAcceleratorOverrides: [],
  },
  ...(task.launchType === 'FARGATE' && { platformVersion: '1.4.0', platformFamily: 'Linux' }),
  ...(task.pullStartedAtMs !== undefined && { pullStartedAt: new Date(task.pullStartedAtMs) }),
  ...(task.pullStoppedAtMs !== undefined && { pullStoppedAt: new Date(task.pullStoppedAtMs) }),
  ...(task.startedAtMs !== undefined && { startedAt: new Date(task.startedAtMs) }),
  ...(task.startedBy && { startedBy: task.startedBy }),
  ...(task.stopCode && { stopCode: task.stopCode }),
  ...(task.stoppedAtMs !== undefined && { stoppedAt: new Date(task.stoppedAtMs) }),
  ...(task.stoppedReason && { stoppedReason: task.stoppedReason }),
  ...(task.stoppingAtMs !== undefined && { stoppingAt: new Date(task.stoppingAtMs) }),
  tags: include.includes('TAGS') ? copied(task.tags) : [],
  taskArn: task.arn,
  taskDefinitionArn: task.taskDefinition.arn,
  version: task.version,
  ...(task.launchType === 'FARGATE' && {
    ephemeralStorage: { sizeInGiB: task.taskDefinition.input.ephemeralStorage?.sizeInGiB ?? 20 },
    fargateEphemeralStorage: { sizeInGiB: task.taskDefinition.input.ephemeralStorage?.sizeInGiB ?? 20 },
  }),
});

const architectureOf = ({ instance, taskDefinition }: TaskRecord): string =>
  instance?.attributes.find(({ name }) => name === 'ecs.cpu-architecture')?.value ??
  taskDefinition.input.runtimePlatform?.cpuArchitecture?.toLowerCase() ??
  'x86_64';

const attachmentStatus = (task: TaskRecord): string => {
  if (task.lastStatus === 'PROVISIONING') return 'PRECREATED';
  return task.lastStatus === 'STOPPED' ? 'DELETED' : 'ATTACHED';
};

const attachmentDetails = (task: TaskRecord): { name: string; value: string }[] => {
  const subnet = task.networkConfiguration?.awsvpcConfiguration?.subnets?.[0];
  return [
    ...(subnet ? [{ name: 'subnetId', value: subnet }] : []),
    ...(task.lastStatus !== 'PROVISIONING' && task.privateAddress
      ? [
          { name: 'networkInterfaceId', value: `eni-${task.id.slice(0, 17)}` },
          { name: 'privateIPv4Address', value: task.privateAddress },
        ]
      : []),
  ];
};

const containerView = (arns: EcsArns, task: TaskRecord, container: ContainerRecord): Container => ({
  containerArn: arns.container(task.cluster.name, task.id, container.id),
  taskArn: task.arn,
  name: container.definition.name,
  image: container.definition.image,
  ...(container.imageDigest && { imageDigest: container.imageDigest }),
  ...(container.runtimeId && { runtimeId: container.runtimeId }),
  lastStatus: container.lastStatus,
  ...(container.exitCode !== undefined && { exitCode: container.exitCode }),
  ...(container.reason && { reason: container.reason }),
  networkBindings: networkBindings(task, container),
  networkInterfaces:
    task.attachmentId && task.privateAddress && task.lastStatus !== 'PROVISIONING'
      ? [{ attachmentId: task.attachmentId, privateIpv4Address: task.privateAddress }]
      : [],
  healthStatus: container.healthStatus,
  cpu: String(container.definition.cpu ?? 0),
  ...(container.definition.memory !== undefined && { memory: String(container.definition.memory) }),
  ...(container.definition.memoryReservation !== undefined && {
    memoryReservation: String(container.definition.memoryReservation),
  }),
});

const networkBindings = (task: TaskRecord, container: ContainerRecord) => {
  if (task.taskDefinition.networkMode !== 'bridge' || container.lastStatus !== 'RUNNING') return [];
  return (container.definition.portMappings ?? []).map(({ containerPort, hostPort, protocol }) => ({
    bindIP: '0.0.0.0',
    containerPort,
    hostPort: hostPort || (task.agent?.runtime.address(containerPort ?? 0)?.port ?? containerPort),
    protocol: protocol ?? 'tcp',
  }));
};
