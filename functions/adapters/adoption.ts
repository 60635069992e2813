import { type ContainerDefinition, DescribeServicesCommand, type Service, type Tag } from '@aws-sdk/client-ecs';
import type { FoundService, FoundTask } from '../core/judge-adoption.ts';
import { type ClusterClient, readRunningTasks } from './ecs.ts';
import { containerOf, readBlueprint, taskNeedOf, withoutRegistration } from './task-definition.ts';

const valueMax = 400;

/** What is set of these fields, as JSON; what is empty says nothing. */
const shown = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([field, value]) => {
      const text = JSON.stringify(value);
      if (text === undefined || ['[]', '{}', 'null', '""'].includes(text)) return [];
      return [[field, text.length > valueMax ? `${text.slice(0, valueMax)}…` : text]];
    }),
  );

const prefixed = (prefix: string, fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [`${prefix}${field}`, value]));

const tagsOf = (tags: readonly Tag[] | undefined): object =>
  Object.fromEntries((tags ?? []).map(({ key, value }) => [key ?? '', value ?? '']));

const namesOf = (entries: readonly { readonly name?: string }[] | undefined): readonly string[] =>
  (entries ?? []).map(({ name }) => name ?? '');

/** Of a container all but its image; of variables their names alone, since somebody may have put a secret into one. */
const keptOf = ({ name: _name, image: _image, environment, secrets, ...rest }: ContainerDefinition): object => ({
  ...rest,
  environment: namesOf(environment),
  secrets: namesOf(secrets),
});

const readTask = async (ecs: ClusterClient, service: string, repository: string, arn: string): Promise<FoundTask> => {
  const definition = await readBlueprint(ecs, arn, true);
  const {
    family: _family,
    taskRoleArn,
    executionRoleArn,
    runtimePlatform,
    containerDefinitions = [],
    tags,
    ...fields
  } = withoutRegistration(definition);
  const container = containerOf(definition, { service, repository });
  const { cpuUnits, memoryMiB } = taskNeedOf(definition);
  const others = containerDefinitions.filter((each) => each !== container);
  return {
    revision: arn.slice(arn.lastIndexOf('/') + 1),
    cpuUnits,
    memoryMiB,
    platform: `${runtimePlatform?.operatingSystemFamily ?? 'LINUX'}/${runtimePlatform?.cpuArchitecture ?? 'X86_64'}`,
    taskRoleArn,
    executionRoleArn,
    containers: containerDefinitions.map(({ name }) => name ?? ''),
    container: container && { name: container.name ?? '', image: container.image ?? '' },
    kept: {
      ...shown({ ...fields, runtimePlatform, taskRoleArn, executionRoleArn, tags: tagsOf(tags) }),
      ...(container && prefixed(`containerDefinitions[${container.name}].`, shown({ ...keptOf(container) }))),
      ...shown(Object.fromEntries(others.map(({ name, image }) => [`containerDefinitions[${name}].image`, image]))),
    },
  };
};

/** Fields of a service that stay as they are; `deployments`, `events` and counts of tasks are news, and no settings. */
const settingsOf = (service: Service): Readonly<Record<string, unknown>> => ({
  launchType: service.launchType,
  capacityProviderStrategy: service.capacityProviderStrategy,
  platformVersion: service.platformVersion,
  networkConfiguration: service.networkConfiguration,
  loadBalancers: service.loadBalancers,
  healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
  serviceRegistries: service.serviceRegistries,
  deploymentConfiguration: service.deploymentConfiguration,
  placementConstraints: service.placementConstraints,
  placementStrategy: service.placementStrategy,
  availabilityZoneRebalancing: service.availabilityZoneRebalancing,
  propagateTags: service.propagateTags,
  enableECSManagedTags: service.enableECSManagedTags,
  enableExecuteCommand: service.enableExecuteCommand,
  tags: tagsOf(service.tags),
});

/** Host of the registry of an ECS service's account, in its Region. */
const registryBeside = (serviceArn: string): string => {
  const [, partition, , region, account] = serviceArn.split(':');
  return `${account}.dkr.ecr.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
};

const toFound = (service: Service, task: FoundTask, digests: readonly string[]): FoundService => {
  const { deploymentConfiguration, deployments = [], tags = [] } = service;
  const breaker = deploymentConfiguration?.deploymentCircuitBreaker;
  const { minimumHealthyPercent = 100, maximumPercent = 200, alarms, strategy } = deploymentConfiguration ?? {};
  return {
    name: service.serviceName ?? '',
    status: service.status ?? '',
    launchType: service.launchType,
    providers: service.capacityProviderStrategy ?? [],
    schedulingStrategy: service.schedulingStrategy ?? 'REPLICA',
    deploymentController: service.deploymentController?.type ?? 'ECS',
    strategy: strategy ?? 'ROLLING',
    desiredCount: service.desiredCount ?? 0,
    percents: { minimumHealthyPercent, maximumPercent },
    circuitBreaker: { enable: breaker?.enable ?? false, rollback: breaker?.rollback ?? false },
    alarmsRollBack: (alarms?.enable ?? false) && (alarms?.rollback ?? false),
    deploying: deployments.length > 1 || deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS'),
    registry: registryBeside(service.serviceArn ?? ''),
    stack: tags.find(({ key }) => key === 'aws:cloudformation:stack-name')?.value,
    kept: shown(settingsOf(service)),
    task,
    digests,
  };
};

/**
 * ECS services by their names, with their task definitions and the digests that run of them. It only reads:
 * DescribeServices, DescribeTaskDefinition, ListTasks, DescribeTasks.
 * @param names at most 10, as many as DescribeServices takes.
 */
export const readServicesToAdopt = async (
  ecs: ClusterClient,
  { service, repository = service }: { readonly service: string; readonly repository: string | undefined },
  names: readonly string[],
): Promise<{ readonly found: readonly FoundService[]; readonly missing: readonly string[] }> => {
  const { services = [] } = await ecs.client.send(
    new DescribeServicesCommand({ cluster: ecs.cluster, services: [...names], include: ['TAGS'] }),
  );
  const there = names.flatMap((name) => services.find(({ serviceName }) => serviceName === name) ?? []);
  const tasks = await readRunningTasks(
    ecs,
    there.flatMap(({ serviceName: twin }) => (twin ? [{ twin }] : [])),
  );
  const found: FoundService[] = [];
  for (const each of there) {
    const task = await readTask(ecs, service, repository, each.taskDefinition ?? '');
    const digests = (tasks.get(each.serviceName ?? '') ?? []).flatMap(
      ({ images }) => images.find(({ image }) => image === task.container?.image)?.digest ?? [],
    );
    found.push(toFound(each, task, [...new Set(digests)]));
  }
  return { found, missing: names.filter((name) => !there.some(({ serviceName }) => serviceName === name)) };
};
