import { AwsError } from '../../cloud/aws-error.ts';
import type { JsonObject } from '../json.ts';
import { camelCase, coercion, lowerTagList, number, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

const coerce = coercion(
  [
    'bakeTimeInMinutes',
    'base',
    'containerPort',
    'healthCheckGracePeriodSeconds',
    'maximumPercent',
    'minimumHealthyPercent',
    'port',
    'value',
    'weight',
  ],
  ['enable', 'enableECSManagedTags', 'enableExecuteCommand', 'enabled', 'resetOnHealthyTask', 'rollback'],
);

/** CloudFormation gives up on a service that does not become stable after three hours. */
const stabilizeTimeoutMs = 3 * 60 * 60 * 1_000;
const deleteTimeoutMs = 15 * 60 * 1_000;
const pollMs = 5_000;

interface Deployment {
  readonly id?: string;
  readonly status?: string;
  readonly rolloutState?: string;
  readonly taskDefinition?: string;
}

interface Service {
  readonly serviceArn: string;
  readonly serviceName: string;
  readonly status: string;
  readonly deployments?: readonly Deployment[];
}

/** What a template may say of a service that UpdateService takes too. */
const updatable = [
  'AvailabilityZoneRebalancing',
  'CapacityProviderStrategy',
  'DeploymentConfiguration',
  'EnableECSManagedTags',
  'EnableExecuteCommand',
  'HealthCheckGracePeriodSeconds',
  'LoadBalancers',
  'NetworkConfiguration',
  'PlacementConstraints',
  'PlacementStrategies',
  'PlatformVersion',
  'PropagateTags',
  'ServiceConnectConfiguration',
  'ServiceRegistries',
  'TaskDefinition',
  'VolumeConfigurations',
];

const createOnly = ['Cluster', 'DeploymentController', 'LaunchType', 'Role', 'SchedulingStrategy', 'ServiceName'];

const members = (properties: Properties, names: readonly string[]): JsonObject => {
  const picked = Object.fromEntries(
    names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]),
  );
  const { placementStrategies, ...rest } = camelCase(picked, coerce) as Record<string, unknown>;
  return { ...rest, ...(placementStrategies === undefined ? {} : { placementStrategy: placementStrategies }) };
};

const describe = async (
  context: ResourceContext,
  cluster: string | undefined,
  service: string,
): Promise<Service | undefined> => {
  const answer = await context.call<{ services: readonly Service[] }>('ecs', 'DescribeServices', {
    cluster,
    services: [service],
  });
  return answer.services[0];
};

/** @throws AwsError when the deployment fails or does not end. */
const stabilize = (context: ResourceContext, cluster: string | undefined, service: string): Promise<void> =>
  context.until(
    async () => {
      const deployments = (await describe(context, cluster, service))?.deployments ?? [];
      if (deployments.some((deployment) => deployment.rolloutState === 'FAILED'))
        throw new AwsError(
          'GeneralServiceException',
          "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.",
        );
      // None: the service that was just created is not to be seen yet.
      return (
        deployments.length > 0 &&
        deployments.every((deployment) => deployment.status === 'PRIMARY' && deployment.rolloutState === 'COMPLETED')
      );
    },
    { everyMs: pollMs, timeoutMs: stabilizeTimeoutMs, what: 'ECS Service stabilization' },
  );

export const ecsService: ResourceProvider = {
  type: 'AWS::ECS::Service',
  properties: [...updatable, ...createOnly, 'DesiredCount', 'Tags'],
  attributes: ['Name', 'ServiceArn'],
  replacedBy: createOnly,
  create: async (context, properties) => {
    const { service } = await context.call<{ service: Service }>('ecs', 'CreateService', {
      ...members(properties, [...updatable, ...createOnly]),
      serviceName: text(properties, 'ServiceName') ?? context.name({ maxLength: 255 }),
      // Left out, CloudFormation creates a service with one task.
      ...(text(properties, 'SchedulingStrategy') === 'DAEMON'
        ? {}
        : { desiredCount: number(properties, 'DesiredCount') ?? 1 }),
      tags: lowerTagList(properties),
    });
    context.made(service.serviceArn);
    await stabilize(context, text(properties, 'Cluster'), service.serviceArn);
    return {
      physicalId: service.serviceArn,
      attributes: { ServiceArn: service.serviceArn, Name: service.serviceName },
    };
  },
  // Any change sends all that the template says, the task definition and a stated count too: that is how CloudFormation
  // undoes what a controller released or scaled meanwhile.
  update: async (context, { before, properties }) => {
    const cluster = text(properties, 'Cluster');
    await context.call('ecs', 'UpdateService', {
      ...members(properties, updatable),
      cluster,
      service: before.physicalId,
      ...(properties.DesiredCount === undefined ? {} : { desiredCount: number(properties, 'DesiredCount') }),
    });
    await stabilize(context, cluster, before.physicalId);
    return before;
  },
  delete: async (context, existing) => {
    const cluster = text(existing.properties, 'Cluster');
    await context.call('ecs', 'DeleteService', { cluster, service: existing.physicalId, force: true });
    await context.until(async () => (await describe(context, cluster, existing.physicalId))?.status !== 'DRAINING', {
      everyMs: pollMs,
      timeoutMs: deleteTimeoutMs,
      what: 'ECS Service deletion',
    });
  },
};
