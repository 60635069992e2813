import {
  type ContainerDefinition,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  ListTaskDefinitionsCommand,
  type ListTaskDefinitionsCommandOutput,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Tag,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { ExpectedFailure, nameOf } from '../core/errors.ts';
import { registryOf, repositoryPathOf, repositoryUriOf } from '../core/image-reference.ts';
import type { TaskNeed } from '../core/judge-fit.ts';
import type { ProbePlan } from '../core/state.ts';
import type { ClusterClient } from './ecs.ts';
import { blueprintKey, changeItem, readItem, type TableClient } from './table.ts';

/** The image that is pinned, and what tells which container it belongs to. */
export interface PinnedImage {
  readonly service: string;
  readonly repository: string;
  readonly digest: string;
  /** Of the registry that it is in: pinned is by the one that the container names, or by the first. */
  readonly hosts: readonly string[];
}

/** What a twin's next release is made from. */
export type Blueprint = TaskDefinition & { readonly tags?: Tag[] };

/**
 * The task definition that a twin's next release is made from, with its tags where they are somebody's who counts on them;
 * those that begin with `aws:` are AWS's own, and nobody else may set them.
 */
export const readBlueprint = async (
  ecs: ClusterClient,
  taskDefinition: string,
  withTags = false,
): Promise<Blueprint> => {
  try {
    const answer = await ecs.client.send(
      new DescribeTaskDefinitionCommand({ taskDefinition, ...(withTags && { include: ['TAGS'] }) }),
    );
    const tags = answer.tags?.filter(({ key }) => !key?.startsWith('aws:')) ?? [];
    if (answer.taskDefinition) return { ...answer.taskDefinition, ...(withTags && tags.length > 0 && { tags }) };
  } catch (error) {
    // ECS answers ClientException "Unable to describe task definition." for one that is not there.
    if (nameOf(error) !== 'ClientException') throw error;
  }
  throw new ExpectedFailure('UnexpectedAnswer', `ECS does not know the task definition ${taskDefinition}.`);
};

/** Which container runs the service: the one of its name, else the one from its repository, else the only essential one. */
const containerIndex = (definition: TaskDefinition, image: Pick<PinnedImage, 'service' | 'repository'>): number => {
  const containers = definition.containerDefinitions ?? [];
  const byName = containers.findIndex(({ name }) => name === image.service);
  if (byName >= 0) return byName;
  const byImage = containers.findIndex(
    (container) => repositoryPathOf(repositoryUriOf(container.image ?? '')) === image.repository,
  );
  if (byImage >= 0) return byImage;
  const essential = containers.flatMap((container, index) => (container.essential === false ? [] : [index]));
  return essential.length === 1 ? (essential[0] ?? -1) : -1;
};

/** The container that runs the service; undefined where none can be told to be. */
export const containerOf = (
  definition: TaskDefinition,
  image: Pick<PinnedImage, 'service' | 'repository'>,
): ContainerDefinition | undefined => definition.containerDefinitions?.[containerIndex(definition, image)];

/** The template that the releases of a twin were last made from. */
interface KnownTemplate {
  readonly template: string;
  readonly blueprint: Blueprint;
}

export const readKnownTemplate = async (table: TableClient, twin: string): Promise<KnownTemplate | undefined> =>
  (await readItem<KnownTemplate>(table, blueprintKey(twin)))?.item;

/** A template, which never changes once it is registered: ECS is asked for each one once. */
export const readTemplateOnce = async (
  ecs: ClusterClient,
  table: TableClient,
  twin: string,
  template: string,
  known: KnownTemplate | undefined,
): Promise<Blueprint> => {
  if (known?.template === template) return known.blueprint;
  const blueprint = withoutRegistration(await readBlueprint(ecs, template));
  await changeItem<KnownTemplate>(table, blueprintKey(twin), () => ({ template, blueprint }));
  return blueprint;
};

/** A definition without what only ECS writes into its description. */
export const withoutRegistration = <Definition extends TaskDefinition>(definition: Definition) => {
  const {
    taskDefinitionArn: _arn,
    revision: _revision,
    status: _status,
    requiresAttributes: _attributes,
    compatibilities: _compatibilities,
    registeredAt: _registeredAt,
    registeredBy: _registeredBy,
    deregisteredAt: _deregisteredAt,
    ...kept
  } = definition;
  return kept;
};

/** The reference that is pinned. A repository of the same name in another registry does not have the digest. */
const pinnedReference = (current: string, { repository, hosts, digest }: PinnedImage): string => {
  const named = registryOf(repositoryUriOf(current));
  const host = named !== undefined && hosts.includes(named) ? named : hosts[0];
  return `${host}/${repository}@${digest}`;
};

/**
 * The request that registers a twin's next release: the blueprint with one image replaced, everything else kept, also
 * what this program does not know of. Only what ECS itself adds to a description is left out.
 * @returns undefined when no container can be said to be the service's.
 */
export const deriveTaskDefinition = (
  blueprint: Blueprint,
  family: string,
  image: PinnedImage,
): RegisterTaskDefinitionCommandInput | undefined => {
  const index = containerIndex(blueprint, image);
  if (index < 0) return undefined;
  return {
    ...withoutRegistration(blueprint),
    family,
    containerDefinitions: (blueprint.containerDefinitions ?? []).map((container, position) =>
      position === index ? { ...container, image: pinnedReference(container.image ?? '', image) } : container,
    ),
  };
};

/** How a task of this definition is probed: the service's container, and how long its health takes to be decided. */
export const probePlanOf = (
  request: RegisterTaskDefinitionCommandInput,
  image: Pick<PinnedImage, 'service' | 'repository'>,
): ProbePlan | undefined => {
  const container = request.containerDefinitions?.[containerIndex(request as TaskDefinition, image)];
  if (!container?.name) return undefined;
  const check = container.healthCheck;
  // ECS's defaults: every 30 s, 5 s to answer, 3 failures in a row.
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
  const { startPeriod = 0, interval = 30, timeout = 5, retries = 3 } = check ?? {};
  return {
    container: container.name,
    healthSeconds: check ? startPeriod + retries * (interval + timeout) : 10,
    healthChecked: check !== undefined,
  };
};

/** `512` or `.5 vCPU`; `1024` or `1 GB`: how a task definition may say its size. */
const sizeOf = (text: string, thousands: RegExp): number =>
  thousands.test(text) ? Number.parseFloat(text) * 1_024 : Number(text);

/**
 * What one task of this definition takes of a machine: its own size where it has one, else the sum of its containers.
 * A container without `runtimePlatform` is built for linux/amd64, since only such an image is ever released.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
export const taskNeedOf = (
  definition: Pick<TaskDefinition, 'cpu' | 'memory' | 'networkMode' | 'runtimePlatform' | 'containerDefinitions'>,
): TaskNeed => {
  const { cpu, memory, networkMode, runtimePlatform, containerDefinitions: containers = [] } = definition;
  return {
    cpuUnits:
      cpu !== undefined ? sizeOf(cpu, /vcpu$/i) : containers.reduce((sum, container) => sum + (container.cpu ?? 0), 0),
    memoryMiB:
      memory !== undefined
        ? sizeOf(memory, /gb$/i)
        : containers.reduce((sum, container) => sum + (container.memoryReservation ?? container.memory ?? 0), 0),
    hostPorts: containers.flatMap(({ portMappings = [] }) =>
      portMappings.flatMap(({ hostPort, containerPort, protocol = 'tcp' }) => {
        // In host mode the container's own port is the machine's; elsewhere one that is left out or 0 is chosen by ECS.
        const port = networkMode === 'host' ? (hostPort ?? containerPort) : hostPort;
        return port ? [`${port}/${protocol}`] : [];
      }),
    ),
    architecture: (runtimePlatform?.cpuArchitecture ?? 'X86_64').toLowerCase(),
  };
};

/** @returns the ARN of the new revision. */
export const registerTaskDefinition = async (
  ecs: ClusterClient,
  request: RegisterTaskDefinitionCommandInput,
): Promise<string> => {
  const { taskDefinition } = await ecs.client.send(new RegisterTaskDefinitionCommand(request));
  if (!taskDefinition?.taskDefinitionArn) {
    throw new ExpectedFailure('UnexpectedAnswer', `RegisterTaskDefinition of ${request.family} answered no ARN.`);
  }
  return taskDefinition.taskDefinitionArn;
};

/** Active revisions of a family, newest first. */
export const activeRevisions = async (ecs: Pick<ECSClient, 'send'>, family: string): Promise<readonly string[]> => {
  const found: string[] = [];
  let nextToken: string | undefined;
  do {
    const page: ListTaskDefinitionsCommandOutput = await ecs.send(
      new ListTaskDefinitionsCommand({ familyPrefix: family, status: 'ACTIVE', sort: 'DESC', nextToken }),
    );
    found.push(...(page.taskDefinitionArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return found;
};

/** Takes a revision out of use; tasks and services that are on it stay. One that is out of use already is no error. */
export const deregisterTaskDefinition = async (ecs: Pick<ECSClient, 'send'>, taskDefinition: string): Promise<void> => {
  await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
};
