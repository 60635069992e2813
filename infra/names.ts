import { createHash } from 'node:crypto';
import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  type Adopted,
  type Capacity,
  type Configuration,
  capacitiesOf,
  clusterNameOf,
  madeCapacitiesOf,
  releaseFamily,
  repositoryOf,
  type ServiceConfiguration,
  spotShareOf,
  twinName,
} from '../functions/core/configuration.ts';

/**
 * Everything that one stack needs of another, by name. A CloudFormation export cannot be changed or deleted while
 * another stack imports it, so that a service could never be taken out of the configuration again; an ARN that is put
 * together from a fixed name has no such knot.
 */

export const settingsPrefix = '/spillway/services/';
export const templatesPrefix = '/spillway/templates/';
/** Topic that tells people what ended and what needs them, and the source of the events that it is fed from. */
export const notificationsTopicName = 'spillway-notifications';
export const eventSource = 'spillway';

export const functionName = (folder: string): string => `spillway-${folder}`;

/** The stack of the services and their twins; when it was updated, a release may have a newer template. */
export const workloadStackName = 'SpillwayWorkload';

export const workflows = ['rollout', 'burst', 'operate'] as const;
export type Workflow = (typeof workflows)[number];
export const workflowName = (workflow: Workflow): string => `spillway-${workflow}`;

/** Host of the account's ECR in this Region, as the images of its task definitions name it. */
export const registryHost = `${Aws.ACCOUNT_ID}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}`;

export const backlogAlarmName = (service: string): string => `spillway-${service}-backlog`;
export const ageAlarmName = (service: string): string => `spillway-${service}-backlog-age`;

/** Detail type of the event by which a task tells that its queue is late; its source is the service's name. */
export const saturatedDetailType = 'Queue Saturated';
export const serviceLogGroupName = (service: string): string => `/spillway/${service}`;

/** Name of the variable that tells a service where a queue is: `orders-onprem` gives `ORDERS_ONPREM_QUEUE_URL`. */
export const queueVariable = (queue: string): string => `${queue.toUpperCase().replaceAll('-', '_')}_QUEUE_URL`;
export const tableVariable = (table: string): string => `${table.toUpperCase().replaceAll('-', '_')}_TABLE_NAME`;

/**
 * A role's name before its Region, cut to fit: IAM takes 64 characters, and the longest Region has 14 and a hyphen.
 * The hash keeps two long names apart that begin alike.
 */
export const roleStem = (wanted: string): string => {
  const limit = 64 - 15;
  if (wanted.length <= limit) return wanted;
  return `${wanted.slice(0, limit - 9)}-${createHash('sha256').update(wanted).digest('hex').slice(0, 8)}`;
};

export interface Twin {
  readonly service: string;
  readonly capacity: Capacity;
  readonly name: string;
  readonly settings: ServiceConfiguration;
  /** Family of its releases. */
  readonly family: string;
  /** The stacks do not make it: it was there before. */
  readonly adopted: Adopted | undefined;
}

export const twinsOf = (configuration: Configuration): readonly Twin[] =>
  Object.entries(configuration.services).flatMap(([service, settings]) =>
    capacitiesOf(settings).map((capacity) => ({
      service,
      capacity,
      name: twinName(service, capacity, settings),
      settings,
      family: releaseFamily(service, capacity, settings),
      adopted: settings[capacity]?.adopted,
    })),
  );

/** Whether a Fargate twin of some service may run tasks on Spot. */
export const runsOnSpot = ({ services }: Configuration): boolean =>
  Object.values(services).some((settings) => spotShareOf(settings) !== undefined);

/** The twins that the stacks make. */
export const madeTwinsOf = (configuration: Configuration): readonly Twin[] =>
  twinsOf(configuration).filter(({ adopted }) => !adopted);

/** The repositories of the images of all services. */
export const repositoriesOf = (configuration: Configuration): readonly string[] =>
  Object.entries(configuration.services).map(([service, settings]) => repositoryOf(service, settings));

/** The same names as ARNs, in the account and Region of one stack. */
export class Arns {
  readonly #stack: Stack;
  readonly #configuration: Configuration;

  constructor(scope: Construct, configuration: Configuration) {
    this.#stack = Stack.of(scope);
    this.#configuration = configuration;
  }

  get #cluster(): string {
    return clusterNameOf(this.#configuration);
  }

  #ecs(resource: string, resourceName: string): string {
    return this.#stack.formatArn({ service: 'ecs', resource, resourceName });
  }

  cluster(): string {
    return this.#ecs('cluster', this.#cluster);
  }

  twin(name: string): string {
    return this.#ecs('service', `${this.#cluster}/${name}`);
  }

  twins(): readonly string[] {
    return twinsOf(this.#configuration).map((twin) => this.twin(twin.name));
  }

  /** Those that the stacks make, change and delete. */
  madeTwins(): readonly string[] {
    return madeTwinsOf(this.#configuration).map((twin) => this.twin(twin.name));
  }

  /** Begins the ARN of every ECS service of the cluster; events are matched by it. */
  servicePrefix(): string {
    return this.#ecs('service', `${this.#cluster}/`);
  }

  /** Every revision of the task definitions that twins run. */
  taskDefinitions(): readonly string[] {
    return twinsOf(this.#configuration).map((twin) => this.#ecs('task-definition', `${twin.family}:*`));
  }

  tasks(): string {
    return this.#ecs('task', `${this.#cluster}/*`);
  }

  containerInstances(): string {
    return this.#ecs('container-instance', `${this.#cluster}/*`);
  }

  /** How many vCPUs of Fargate the account may run at once: on demand, and on Spot where a service runs tasks there. */
  fargateVcpuQuotas(): readonly string[] {
    return ['L-3032A538', ...(runsOnSpot(this.#configuration) ? ['L-36FBB829'] : [])].map((resourceName) =>
      this.#stack.formatArn({ service: 'servicequotas', resource: 'fargate', resourceName }),
    );
  }

  repository(name: string): string {
    return this.#stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: name });
  }

  /** Those of the images of all services. */
  repositories(): readonly string[] {
    return repositoriesOf(this.#configuration).map((name) => this.repository(name));
  }

  queue(name: string): string {
    return this.#stack.formatArn({ service: 'sqs', resource: name });
  }

  table(name: string): string {
    return this.#stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: name });
  }

  /** The parameters of all services: a name that is not among them must answer "not found", and not "denied". */
  settings(): string {
    return this.#stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: 'spillway/services/*' });
  }

  /** The path below which the parameters of all services are. */
  settingsPath(): string {
    return this.#stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: 'spillway/services' });
  }

  /** A pipeline, a stage of it, or an action of that stage. */
  pipeline(...path: readonly string[]): string {
    return this.#stack.formatArn({ service: 'codepipeline', resource: path.join('/') });
  }

  /** The parameters that state the current template of each twin. */
  currentTemplates(): readonly string[] {
    return twinsOf(this.#configuration).map((twin) =>
      this.#stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: `spillway/templates/${twin.name}` }),
    );
  }

  stateMachine(workflow: Workflow): string {
    return this.#stack.formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: workflowName(workflow),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  executions(workflow: Workflow): string {
    return this.#stack.formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${workflowName(workflow)}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** Every published version of a function. */
  functionVersions(folder: string): string {
    return this.#stack.formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: `${functionName(folder)}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** Begins the ARN of every stack of this name: each creation gets an id of its own. */
  stackPrefix(name: string): string {
    return this.#stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${name}/` });
  }

  eventBus(): string {
    return this.#stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
  }

  alarm(name: string): string {
    return this.#stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** The Region is part of the name because IAM's names are global: two Regions may each have a Spillway. */
  executionRoleName(service: string): string {
    return `${roleStem(`spillway-${service}-execution`)}-${this.#stack.region}`;
  }

  taskRoleName(twin: string): string {
    return `${roleStem(`spillway-${twin}-task`)}-${this.#stack.region}`;
  }

  #role(name: string): string {
    return this.#stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: name });
  }

  taskRole(twin: string): string {
    return this.#role(this.taskRoleName(twin));
  }

  /** The secrets of the configuration. Secrets Manager ends each ARN in six characters that nobody knows before. */
  secrets(): readonly string[] {
    const names = Object.values(this.#configuration.services).flatMap(({ secrets }) => Object.values(secrets));
    return [...new Set(names.filter((name) => !name.startsWith('/')))].map((name) =>
      this.#stack.formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: `${name}-??????`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
  }

  /** Log groups are listed, not named, so that their list is what IAM asks of. */
  logGroups(): string {
    return this.#stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** The roles that the stacks make for tasks. */
  madeRoles(): readonly string[] {
    return [
      ...Object.entries(this.#configuration.services)
        .filter(([, settings]) => madeCapacitiesOf(settings).length > 0)
        .map(([service]) => this.#role(this.executionRoleName(service))),
      ...madeTwinsOf(this.#configuration).map((twin) => this.taskRole(twin.name)),
    ];
  }

  /** The roles that a release's task definitions name: those, and no others, may the controller pass to ECS. */
  passableRoles(): readonly string[] {
    const theirs = twinsOf(this.#configuration).flatMap(({ adopted }) => [
      adopted?.taskRoleArn ?? [],
      adopted?.executionRoleArn ?? [],
    ]);
    return [...this.madeRoles(), ...new Set(theirs.flat())];
  }
}
