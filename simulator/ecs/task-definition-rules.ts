import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { AwsError, notModelled } from '../cloud/aws-error.ts';
import { copied } from '../cloud/copied.ts';
import type { TaskDefinitionRecord } from './model.ts';

const refuse = (message: string): AwsError => new AwsError('ClientException', message);

/** vCPU and memory that Fargate offers together, in CPU units and MiB (DG:task_definition_parameters). */
const fargateSizes: readonly { readonly cpu: number; readonly memory: (memory: number) => boolean }[] = [
  { cpu: 256, memory: (memory) => [512, 1024, 2048].includes(memory) },
  { cpu: 512, memory: (memory) => within(memory, 1, 4, 1) },
  { cpu: 1024, memory: (memory) => within(memory, 2, 8, 1) },
  { cpu: 2048, memory: (memory) => within(memory, 4, 16, 1) },
  { cpu: 4096, memory: (memory) => within(memory, 8, 30, 1) },
  { cpu: 8192, memory: (memory) => within(memory, 16, 60, 4) },
  { cpu: 16384, memory: (memory) => within(memory, 32, 120, 8) },
];

const within = (memoryMiB: number, fromGiB: number, toGiB: number, stepGiB: number): boolean =>
  memoryMiB >= fromGiB * 1024 && memoryMiB <= toGiB * 1024 && memoryMiB % (stepGiB * 1024) === 0;

/** `256`, `.25 vCPU`, `1 vCPU`. */
const cpuUnits = (text: string): number => {
  const vcpu = /^([\d.]+)\s*vcpu$/i.exec(text.trim());
  return vcpu ? Math.round(Number(vcpu[1]) * 1024) : Number(text);
};

/** `512`, `1 GB`, `0.5GB`. */
const mebibytes = (text: string): number => {
  const gigabytes = /^([\d.]+)\s*gb$/i.exec(text.trim());
  return gigabytes ? Math.round(Number(gigabytes[1]) * 1024) : Number(text);
};

/**
 * What a registration stands for, or AWS's refusal.
 * @throws AwsError `ClientException`
 */
export const readTaskDefinition = (
  input: RegisterTaskDefinitionRequest,
): Pick<
  TaskDefinitionRecord,
  'containers' | 'networkMode' | 'compatibilities' | 'cpuUnits' | 'memoryMiB' | 'hostPorts'
> => {
  const family = input.family ?? '';
  if (family === '') throw refuse('Family should not be null or empty.');
  if (!/^[\w-]{1,255}$/.test(family)) throw refuse(`Family contains invalid characters: ${family}`);
  const given = input.containerDefinitions ?? [];
  if (given.length === 0) throw refuse('Container list cannot be empty.');
  if (given.length > 10) throw refuse('Too many containers: at most 10 are allowed.');
  const required = input.requiresCompatibilities ?? [];
  const fargate = required.includes('FARGATE');
  const external = required.includes('EXTERNAL');
  const networkMode = input.networkMode ?? 'bridge';
  if (fargate && networkMode !== 'awsvpc') throw refuse('Fargate only supports network mode ‘awsvpc’.');
  if (external && networkMode === 'awsvpc') {
    throw refuse("Tasks using external launch type do not support network mode 'awsvpc'.");
  }
  const taskCpu = input.cpu === undefined ? undefined : cpuUnits(input.cpu);
  const taskMemory = input.memory === undefined ? undefined : mebibytes(input.memory);
  if (Number.isNaN(taskCpu)) throw refuse("Invalid 'cpu' setting for task.");
  if (Number.isNaN(taskMemory)) throw refuse("Invalid 'memory' setting for task.");
  if (fargate) checkFargate(input, taskCpu, taskMemory);
  const names = new Set<string>();
  const containers = given.map((container) => {
    checkContainer(container, input, { fargate, networkMode, taskMemory });
    if (names.has(container.name ?? '')) throw refuse('Container.name should be unique.');
    names.add(container.name ?? '');
    return withDefaults(container, networkMode);
  });
  if (!containers.some(({ essential }) => essential)) {
    throw refuse('There must be at least one essential container in a task definition.');
  }
  if (input.proxyConfiguration) throw notModelled('a proxy configuration of a task definition');
  return {
    containers,
    networkMode,
    compatibilities: compatibilities(input, networkMode),
    cpuUnits: taskCpu ?? sum(containers, ({ cpu }) => cpu ?? 0),
    memoryMiB: taskMemory ?? sum(containers, ({ memoryReservation, memory }) => memoryReservation ?? memory ?? 0),
    hostPorts:
      networkMode === 'host'
        ? containers.flatMap(({ portMappings }) =>
            (portMappings ?? []).flatMap(({ containerPort }) => containerPort ?? []),
          )
        : networkMode === 'bridge'
          ? containers.flatMap(({ portMappings }) => (portMappings ?? []).flatMap(({ hostPort }) => hostPort || []))
          : [],
  };
};

const sum = (containers: readonly ContainerDefinition[], of: (container: ContainerDefinition) => number): number =>
  containers.reduce((total, container) => total + of(container), 0);

const compatibilities = (input: RegisterTaskDefinitionRequest, networkMode: string): readonly string[] => {
  if (networkMode !== 'awsvpc') return ['EXTERNAL', 'EC2'];
  return input.cpu !== undefined && input.memory !== undefined ? ['EC2', 'FARGATE'] : ['EC2'];
};

const checkFargate = (
  input: RegisterTaskDefinitionRequest,
  taskCpu: number | undefined,
  taskMemory: number | undefined,
): void => {
  if (taskCpu === undefined) throw refuse("Fargate requires that 'cpu' be defined at the task level.");
  if (taskMemory === undefined) throw refuse("Fargate requires that 'memory' be defined at the task level.");
  if (!fargateSizes.some((size) => size.cpu === taskCpu && size.memory(taskMemory))) {
    throw refuse(
      `No Fargate configuration exists for given values: ${taskCpu} CPU, ${taskMemory} memory. See the Amazon ECS documentation for the valid values.`,
    );
  }
  if (input.placementConstraints?.length) throw refuse('Fargate does not support placement constraints.');
  if (input.pidMode === 'host') throw refuse("Fargate does not support pidMode 'host'.");
  if (input.ipcMode) throw refuse("Fargate does not support 'ipcMode'.");
};

const checkContainer = (
  container: ContainerDefinition,
  input: RegisterTaskDefinitionRequest,
  about: { readonly fargate: boolean; readonly networkMode: string; readonly taskMemory: number | undefined },
): void => {
  const { name = '', image = '' } = container;
  if (name === '') throw refuse('Container.name should not be null or empty.');
  if (!/^[\w-]{1,255}$/.test(name)) throw refuse(`Container.name contains invalid characters: ${name}`);
  if (image === '') throw refuse('Container.image should not be null or empty.');
  if (container.memory === undefined && container.memoryReservation === undefined && about.taskMemory === undefined) {
    throw refuse(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  }
  if (
    container.memory !== undefined &&
    container.memoryReservation !== undefined &&
    container.memory < container.memoryReservation
  ) {
    throw refuse(`Invalid setting for container '${name}'. 'memory' must not be less than 'memoryReservation'.`);
  }
  if (container.secrets?.length && !input.executionRoleArn) {
    throw refuse("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.");
  }
  for (const { containerPort, hostPort } of container.portMappings ?? []) {
    if (about.networkMode !== 'bridge' && hostPort && hostPort !== containerPort) {
      throw refuse(
        `When networkMode=${about.networkMode}, the host ports and container ports in port mappings must match.`,
      );
    }
  }
  checkHealthCheck(container);
  const { logDriver, options = {} } = container.logConfiguration ?? {};
  if (logDriver === 'awslogs') {
    for (const option of ['awslogs-group', 'awslogs-region', ...(about.fargate ? ['awslogs-stream-prefix'] : [])]) {
      if (!options[option]) throw refuse(`Log driver awslogs requires options: ${option}`);
    }
  }
  if (about.fargate) {
    if (logDriver && !['awslogs', 'splunk', 'awsfirelens'].includes(logDriver)) {
      throw refuse(`Fargate does not support the log driver ${logDriver}.`);
    }
    if (logDriver === 'awslogs' && !input.executionRoleArn) {
      throw refuse('Fargate requires task definition to have execution role ARN to support log driver awslogs.');
    }
    if (image.includes('.dkr.ecr.') && !input.executionRoleArn) {
      throw refuse('Fargate requires task definition to have execution role ARN to support ECR images.');
    }
    if (container.privileged) throw refuse("Fargate does not support 'privileged' containers.");
    if ((container.stopTimeout ?? 0) > 120) {
      throw refuse(`Invalid 'stopTimeout' setting for container '${name}'. The maximum value on Fargate is 120.`);
    }
  }
  if (container.dependsOn?.length) throw notModelled("'dependsOn' of a container");
  if (container.firelensConfiguration || logDriver === 'awsfirelens') throw notModelled('the log router FireLens');
  if (container.restartPolicy?.enabled) throw notModelled("'restartPolicy' of a container");
  if (container.environmentFiles?.length) throw notModelled("'environmentFiles' of a container");
};

const checkHealthCheck = ({ name, healthCheck }: ContainerDefinition): void => {
  if (!healthCheck) return;
  const [kind, ...rest] = healthCheck.command ?? [];
  if ((kind !== 'CMD' && kind !== 'CMD-SHELL' && kind !== 'NONE') || (kind !== 'NONE' && rest.length === 0)) {
    throw refuse(`Invalid 'healthCheck.command' for container '${name}': it must begin with CMD or CMD-SHELL.`);
  }
  const bounds: [string, number | undefined, number, number][] = [
    ['interval', healthCheck.interval, 5, 300],
    ['timeout', healthCheck.timeout, 2, 60],
    ['retries', healthCheck.retries, 1, 10],
    ['startPeriod', healthCheck.startPeriod, 0, 300],
  ];
  for (const [field, value, least, most] of bounds) {
    if (value !== undefined && (value < least || value > most)) {
      throw refuse(`Health check ${field} for container '${name}' must be between ${least} and ${most}.`);
    }
  }
};

/** AWS fills these in when it answers. */
const withDefaults = (container: ContainerDefinition, networkMode: string): ContainerDefinition => ({
  ...copied(container),
  cpu: container.cpu ?? 0,
  portMappings: (container.portMappings ?? []).map((mapping) => ({
    ...mapping,
    // 0 is any free port of the host; without a network of its own, a container's port is the host's.
    hostPort: mapping.hostPort ?? (networkMode === 'bridge' ? 0 : mapping.containerPort),
    protocol: mapping.protocol ?? 'tcp',
  })),
  essential: container.essential ?? true,
  environment: copied(container.environment ?? []),
  mountPoints: copied(container.mountPoints ?? []),
  volumesFrom: copied(container.volumesFrom ?? []),
  systemControls: copied(container.systemControls ?? []),
  ...(container.healthCheck && {
    healthCheck: {
      interval: 30,
      timeout: 5,
      retries: 3,
      ...copied(container.healthCheck),
    },
  }),
});
