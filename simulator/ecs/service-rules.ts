import type {
  CreateServiceRequest,
  DeploymentAlarms,
  DeploymentCircuitBreaker,
  DeploymentConfiguration,
  NetworkConfiguration,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs';
import { AwsError, notModelled } from '../cloud/aws-error.ts';
import { readStrategy, type Strategy } from './capacity-providers.ts';
import type { ClusterRecord, LaunchType, ServiceRecord, TaskDefinitionRecord } from './model.ts';

/** What CreateService and UpdateService both check, and both refuse. */

const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);

export const refuseUnmodelled = (input: CreateServiceRequest | UpdateServiceRequest): void => {
  if (input.serviceRegistries?.length) throw notModelled('service discovery of a service');
  if (input.serviceConnectConfiguration?.enabled) throw notModelled('Service Connect');
  if (input.volumeConfigurations?.length) throw notModelled('volumes managed by a service');
  if (input.vpcLatticeConfigurations?.length) throw notModelled('VPC Lattice');
  if (input.deploymentController && input.deploymentController.type !== 'ECS') {
    throw notModelled(`the deployment controller ${input.deploymentController.type}`);
  }
  const configuration = input.deploymentConfiguration;
  checkNumbers(
    input.healthCheckGracePeriodSeconds,
    configuration?.minimumHealthyPercent,
    configuration?.maximumPercent,
    configuration?.bakeTimeInMinutes,
    ...(input.loadBalancers ?? []).map(({ containerPort }) => containerPort),
  );
  if (configuration?.strategy && configuration.strategy !== 'ROLLING') {
    throw notModelled(`the deployment strategy ${configuration.strategy}`);
  }
  if (configuration?.lifecycleHooks?.length) throw notModelled('deployment lifecycle hooks');
  if (configuration?.earlySuccessCriteria?.enable) throw notModelled('early success criteria of a deployment');
};

/** Given values over those in force; DescribeServices echoes every default. */
export const mergeDeploymentConfiguration = (
  current: DeploymentConfiguration | undefined,
  given: DeploymentConfiguration | undefined,
): ServiceRecord['deploymentConfiguration'] => {
  const breaker = given?.deploymentCircuitBreaker ?? current?.deploymentCircuitBreaker;
  checkThreshold(breaker);
  const minimumHealthyPercent = given?.minimumHealthyPercent ?? current?.minimumHealthyPercent ?? 100;
  const maximumPercent = given?.maximumPercent ?? current?.maximumPercent ?? 200;
  const bakeTimeInMinutes = given?.bakeTimeInMinutes ?? current?.bakeTimeInMinutes ?? 0;
  if (!Number.isInteger(bakeTimeInMinutes) || bakeTimeInMinutes < 0 || bakeTimeInMinutes > 1440) {
    throw invalid('bakeTimeInMinutes must be between 0 and 1440.');
  }
  if (minimumHealthyPercent < 0 || maximumPercent < 0 || maximumPercent < minimumHealthyPercent) {
    throw invalid(
      'maximumPercent must be greater than or equal to minimumHealthyPercent, and neither may be negative.',
    );
  }
  return {
    deploymentCircuitBreaker: {
      enable: breaker?.enable ?? false,
      rollback: breaker?.rollback ?? false,
      resetOnHealthyTask: breaker?.resetOnHealthyTask ?? true,
      thresholdConfiguration: structuredClone(
        breaker?.thresholdConfiguration ?? { type: 'BOUNDED_PERCENT', value: 50 },
      ),
    },
    maximumPercent,
    minimumHealthyPercent,
    alarms: alarmsOf(given?.alarms ?? current?.alarms),
    strategy: 'ROLLING',
    bakeTimeInMinutes,
  };
};

const alarmsOf = (given: DeploymentAlarms | undefined): DeploymentAlarms => {
  const { alarmNames = [], enable = false, rollback = false } = given ?? {};
  if (enable && alarmNames.length === 0) throw invalid('At least one alarm name is required when alarms are enabled.');
  return { alarmNames: [...alarmNames], enable, rollback };
};

/** A count of at least one, or a percentage from 1 to 100 (BC:ecs.ThresholdConfiguration). */
const checkThreshold = (breaker: DeploymentCircuitBreaker | undefined): void => {
  if (!breaker?.thresholdConfiguration) return;
  const { type, value } = breaker.thresholdConfiguration;
  checkNumbers(value);
  const types = ['COUNT', 'BOUNDED_PERCENT', 'UNBOUNDED_PERCENT'];
  if (!type || !types.includes(type)) throw invalid(`The threshold type must be one of ${types.join(', ')}.`);
  const max = type === 'COUNT' ? Number.POSITIVE_INFINITY : 100;
  if (value === undefined || !Number.isInteger(value) || value < 1 || value > max) {
    throw invalid(
      type === 'COUNT' ? 'The threshold value must be at least 1.' : 'The threshold value must be between 1 and 100.',
    );
  }
};

/** @throws AwsError `InvalidParameterException` when the service cannot run the task definition as it is configured. */
export const checkFit = (
  service: Pick<ServiceRecord, 'launchType' | 'networkConfiguration' | 'loadBalancers' | 'platformVersion'>,
  taskDefinition: TaskDefinitionRecord,
): void => {
  checkLaunchType(service.launchType, taskDefinition);
  checkNetwork(taskDefinition, service.networkConfiguration);
  if (service.launchType === 'EXTERNAL') {
    if (service.loadBalancers.length > 0) {
      throw invalid('Load balancers are not supported for services that use the EXTERNAL launch type.');
    }
    if (service.platformVersion) {
      throw invalid('The platform version must be null when specifying an EXTERNAL launch type.');
    }
  }
  for (const { containerName, containerPort, targetGroupArn } of service.loadBalancers) {
    if (!targetGroupArn) throw notModelled('a classic load balancer');
    const container = taskDefinition.containers.find(({ name }) => name === containerName);
    if (!container) throw invalid(`The container ${containerName} does not exist in the task definition.`);
    if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
      throw invalid(`The container ${containerName} did not have a container port ${containerPort} defined.`);
    }
  }
};

export const checkLaunchType = (launchType: LaunchType, taskDefinition: TaskDefinitionRecord): void => {
  if (!taskDefinition.compatibilities.includes(launchType)) {
    throw invalid(`Task definition does not support launch_type ${launchType}.`);
  }
};

export const checkNetwork = (
  taskDefinition: TaskDefinitionRecord,
  networkConfiguration: ServiceRecord['networkConfiguration'],
): void => {
  const given = networkConfiguration?.awsvpcConfiguration !== undefined;
  if (taskDefinition.networkMode === 'awsvpc' && !given) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (taskDefinition.networkMode !== 'awsvpc' && given) {
    throw invalid('Network Configuration is not valid for the given networkMode of this task definition.');
  }
};

/** @throws AwsError `NotModelledException` for EC2, which is also what AWS takes when none is named. */
export const launchTypeOf = (given: string | undefined): LaunchType => {
  if (given === 'EXTERNAL' || given === 'FARGATE') return given;
  throw notModelled(`the launch type ${given ?? 'EC2 (which is what no launch type means)'}`);
};

/** What a service or RunTask runs on: a launch type, or a strategy of capacity providers, which for us are Fargate's. @throws AwsError */
export const capacityOf = (
  cluster: ClusterRecord,
  input: Pick<CreateServiceRequest, 'launchType' | 'capacityProviderStrategy'>,
): { readonly launchType: LaunchType; readonly strategy: Strategy } => {
  const given = input.capacityProviderStrategy ?? [];
  if (given.length > 0 && input.launchType) {
    throw invalid(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  // Without either the cluster's default strategy counts (BC:ecs.CreateService).
  const items = given.length > 0 || input.launchType ? given : cluster.defaultCapacityProviderStrategy;
  const strategy = readStrategy(cluster, items);
  return { launchType: strategy.length > 0 ? 'FARGATE' : launchTypeOf(input.launchType), strategy };
};

/** AWS echoes what was left out, so that a request which says it too is no change. */
export const completeNetwork = (given: NetworkConfiguration | undefined): NetworkConfiguration | undefined => {
  if (!given?.awsvpcConfiguration) return structuredClone(given);
  const { subnets = [], securityGroups = [], assignPublicIp = 'DISABLED' } = given.awsvpcConfiguration;
  return {
    awsvpcConfiguration: { subnets: [...subnets], securityGroups: [...securityGroups], assignPublicIp },
  };
};

/** FARGATE and FARGATE_SPOT are there for every account; others belong to Auto Scaling groups. */
export const checkCapacityProviders = (names: readonly string[] = []): void => {
  if (names.some((name) => !name.startsWith('FARGATE'))) throw notModelled('capacity providers');
};

/** Templates carry numbers as text; a client that passes them on is told as AWS tells it. */
export const checkNumbers = (...values: readonly unknown[]): void => {
  if (values.some((value) => value !== undefined && typeof value !== 'number')) {
    throw new AwsError('SerializationException', 'STRING_VALUE can not be converted to an Integer');
  }
};

export const checkCount = (desiredCount: number | undefined): void => {
  checkNumbers(desiredCount);
  if (desiredCount !== undefined && (!Number.isInteger(desiredCount) || desiredCount < 0)) {
    throw invalid('The desired count must be an integer that is not negative.');
  }
};
