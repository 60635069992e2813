import { isDeepStrictEqual } from 'node:util';
import {
  type CapacityProviderStrategyItem,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DeleteServiceCommand,
  DescribeServicesCommand,
  type ECSClient,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { nameOf } from '../core/errors.ts';

/** Makes, changes and deletes the ECS services behind twins, from the properties of a CloudFormation resource. */

type Ecs = Pick<ECSClient, 'send'>;
type Properties = Readonly<Record<string, unknown>>;

/** Properties that CloudFormation adds for itself. */
const ofCloudFormation = new Set(['ServiceToken', 'ServiceTimeout']);

/** Properties that are only read when the service is created; what a running twin has is the controller's. */
const onlyAtCreation = ['cluster', 'serviceName', 'launchType', 'taskDefinition'] as const;

/**
 * All tasks on demand, whatever the service was created with. An empty list would lead back only to a launch type that it was
 * created with; otherwise ECS answers "No launch type to fall back to for empty capacity provider strategy".
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
 */
const onDemand: readonly CapacityProviderStrategyItem[] = [{ capacityProvider: 'FARGATE', base: 0, weight: 1 }];

/** What a service runs on, to be compared: ECS answers a strategy in any order, and with what was left out of it. */
const capacityOf = ({ launchType, capacityProviderStrategy }: Properties): readonly unknown[] => {
  const strategy = (capacityProviderStrategy ?? []) as readonly CapacityProviderStrategyItem[];
  if (strategy.length === 0 && launchType !== 'FARGATE') return [launchType];
  return (strategy.length > 0 ? strategy : onDemand)
    .map(({ capacityProvider, base = 0, weight = 0 }) => `${capacityProvider} ${base} ${weight}`)
    .toSorted();
};

/** Properties that may change, with what stands for one that was taken out of the template. */
const changeable: Readonly<Record<string, unknown>> = {
  deploymentConfiguration: undefined,
  capacityProviderStrategy: onDemand,
  networkConfiguration: undefined,
  loadBalancers: [],
  serviceRegistries: [],
  placementConstraints: [],
  placementStrategy: [],
  healthCheckGracePeriodSeconds: 0,
  enableExecuteCommand: false,
  enableECSManagedTags: undefined,
  propagateTags: undefined,
  platformVersion: undefined,
  availabilityZoneRebalancing: undefined,
};

export const acceptedProperties: readonly string[] = [...onlyAtCreation, ...Object.keys(changeable)];

const numbers = new Set([
  'base',
  'weight',
  'minimumHealthyPercent',
  'maximumPercent',
  'bakeTimeInMinutes',
  'containerPort',
  'port',
  'healthCheckGracePeriodSeconds',
]);

/** CloudFormation hands every scalar of a custom resource over as a string. */
const toScalar = (name: string, value: unknown): unknown => {
  if (value === 'true' || value === 'false') return value === 'true';
  return numbers.has(name) && typeof value === 'string' ? Number(value) : value;
};

const toRequest = (name: string, value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((each) => toRequest(name, each));
  if (typeof value !== 'object' || value === null) return toScalar(name, value);
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      const field = key.charAt(0).toLowerCase() + key.slice(1);
      return [field, toRequest(field, child)];
    }),
  );
};

/** The properties as fields of the API: `DeploymentConfiguration` → `deploymentConfiguration`, numbers as numbers. */
export const readProperties = (properties: Properties): Properties => {
  const own = Object.entries(properties).filter(([name]) => !ofCloudFormation.has(name));
  return toRequest('', Object.fromEntries(own)) as Properties;
};

export const unknownProperties = (properties: Properties): readonly string[] =>
  Object.keys(properties).filter((name) => !acceptedProperties.includes(name));

/**
 * Creates the service at count 0. Sent again with the same token it answers what the first call made. ECS answers
 * InvalidParameterException "Creation of service was not idempotent." when another request made it.
 */
export const createTwin = async (ecs: Ecs, properties: Properties, clientToken: string): Promise<string> => {
  const request = { ...properties, desiredCount: 0, clientToken } as CreateServiceCommandInput;
  try {
    const { service } = await ecs.send(new CreateServiceCommand(request));
    return service?.serviceArn ?? '';
  } catch (error) {
    if (nameOf(error) !== 'InvalidParameterException' || !(error as Error).message.includes('not idempotent'))
      throw error;
    const { services } = await ecs.send(
      new DescribeServicesCommand({ cluster: request.cluster, services: [request.serviceName ?? ''] }),
    );
    const found = services?.[0];
    // A service at rest that was made just like this one: an earlier stack left it, and nothing is lost by going on with it.
    const same =
      found?.desiredCount === 0 &&
      isDeepStrictEqual(capacityOf({ ...found }), capacityOf(properties)) &&
      found.taskDefinition === request.taskDefinition;
    if (same) return found.serviceArn ?? '';
    throw new Error(
      `An ECS service named ${request.serviceName} exists already in the cluster ${request.cluster}, and it is not at rest on this template. Delete it, or give the service another name.`,
      { cause: error },
    );
  }
};

/** What changed between two sets of properties, as UpdateService takes it. Never a task definition or a count. */
export const changesBetween = (old: Properties, next: Properties): Properties =>
  Object.fromEntries(
    Object.entries(changeable).flatMap(([name, none]) => {
      const same =
        name === 'capacityProviderStrategy'
          ? isDeepStrictEqual(capacityOf(old), capacityOf(next))
          : JSON.stringify(old[name]) === JSON.stringify(next[name]);
      if (same) return [];
      const value = next[name] ?? none;
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** @returns false when the service does not exist. */
export const changeTwin = async (
  ecs: Ecs,
  at: { readonly cluster: string; readonly serviceName: string },
  changes: Properties,
): Promise<boolean> => {
  try {
    const place = { cluster: at.cluster, service: at.serviceName };
    const { capacityProviderStrategy, ...others } = changes;
    let request: UpdateServiceCommandInput = { ...others, ...place };
    if (capacityProviderStrategy !== undefined) {
      const { services } = await ecs.send(
        new DescribeServicesCommand({ cluster: at.cluster, services: [at.serviceName] }),
      );
      // It may stand so already, when the same change is sent again or one that ECS refused is taken back, and then nothing is to
      // be deployed. ECS takes another strategy only with a deployment, by which tasks that run follow it, too: "When switching
      // from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy
      // on a service that is already using one, you must force a new deployment."
      if (!isDeepStrictEqual(capacityOf({ ...services?.[0] }), capacityOf({ capacityProviderStrategy })))
        request = { ...request, ...changes, forceNewDeployment: true };
    }
    await ecs.send(new UpdateServiceCommand(request));
    return true;
  } catch (error) {
    if (['ServiceNotFoundException', 'ServiceNotActiveException'].includes(nameOf(error))) return false;
    throw error;
  }
};

/** Deletes the service with its tasks; one that is gone already is no error. */
export const deleteTwin = async (
  ecs: Ecs,
  at: { readonly cluster: string; readonly serviceName: string },
): Promise<void> => {
  try {
    await ecs.send(new DeleteServiceCommand({ cluster: at.cluster, service: at.serviceName, force: true }));
  } catch (error) {
    const gone = ['ServiceNotFoundException', 'ServiceNotActiveException', 'ClusterNotFoundException'];
    if (!gone.includes(nameOf(error))) throw error;
  }
};
