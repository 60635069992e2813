import type { DescribeServicesResponse, DescribeTasksResponse, ListTasksResponse, Service } from '@aws-sdk/client-ecs';
import type { ListExecutionsOutput } from '@aws-sdk/client-sfn';
import {
  type Capacity,
  type Configuration,
  capacitiesOf,
  clusterNameOf,
  type ServiceConfiguration,
  templateFamily,
  twinName,
} from '../../functions/core/configuration.ts';
import type { Cloud } from '../../simulator/cloud/cloud.ts';
import { listenerPort } from '../world/listener-port.ts';

/** Whom readiness is asked of: calls as the operator, and the load balancer. */
export interface ReadyCloud extends Pick<Cloud, 'call' | 'accountId' | 'region'> {
  readonly elb: Pick<Cloud['elb'], 'forward'>;
}

/** What still keeps the main job from running, in words; an empty list means ready. */
export const whatIsMissing = async (cloud: ReadyCloud, configuration: Configuration): Promise<readonly string[]> => {
  const twins = Object.entries(configuration.services).flatMap(([service, settings]) =>
    capacitiesOf(settings).map((capacity) =>
      missingOfTwin(cloud, clusterNameOf(configuration), service, settings, capacity),
    ),
  );
  const missing = (await Promise.all(twins)).flatMap((one) => one ?? []);
  missing.push(...(await runningRollouts(cloud)));
  return missing.length > 0 ? missing : silentPaths(cloud, configuration);
};

const missingOfTwin = async (
  cloud: ReadyCloud,
  cluster: string,
  service: string,
  settings: ServiceConfiguration,
  capacity: Capacity,
): Promise<string | undefined> => {
  const twin = twinName(service, capacity, settings);
  const { services } = (await cloud.call('ecs', 'DescribeServices', {
    cluster,
    services: [twin],
  })) as DescribeServicesResponse;
  const found = services?.find(({ status }) => status === 'ACTIVE');
  if (!found) return `${twin} does not exist yet`;
  if (found.taskDefinition?.includes(`/${templateFamily(twin)}:`)) return `${twin} has no release yet`;
  const wanted = Math.max(settings[capacity]?.baseTasks ?? 0, found.desiredCount ?? 0);
  const healthy = wanted === 0 ? 0 : await healthyTasks(cloud, cluster, found);
  if (healthy < wanted) return `${twin} has ${healthy} of ${wanted} healthy tasks`;
  if (found.deployments?.some(({ rolloutState }) => rolloutState !== 'COMPLETED')) return `${twin} is being deployed`;
  return undefined;
};

const healthyTasks = async (
  cloud: ReadyCloud,
  cluster: string,
  { serviceName, taskDefinition }: Service,
): Promise<number> => {
  const { taskArns } = (await cloud.call('ecs', 'ListTasks', { cluster, serviceName })) as ListTasksResponse;
  if (!taskArns?.length) return 0;
  const { tasks } = (await cloud.call('ecs', 'DescribeTasks', { cluster, tasks: taskArns })) as DescribeTasksResponse;
  return (tasks ?? []).filter(
    (task) =>
      task.taskDefinitionArn === taskDefinition && task.lastStatus === 'RUNNING' && task.healthStatus === 'HEALTHY',
  ).length;
};

const runningRollouts = async (cloud: ReadyCloud): Promise<readonly string[]> => {
  const stateMachineArn = `arn:aws:states:${cloud.region}:${cloud.accountId}:stateMachine:spillway-rollout`;
  const { executions } = (await cloud.call('states', 'ListExecutions', {
    stateMachineArn,
    statusFilter: 'RUNNING',
  })) as ListExecutionsOutput;
  return (executions ?? []).map(({ name }) => `the rollout ${name} is still running`);
};

/** Paths of the load balancer behind which nobody answers. */
const silentPaths = async (cloud: ReadyCloud, configuration: Configuration): Promise<readonly string[]> => {
  const silent: string[] = [];
  for (const path of Object.values(configuration.services).flatMap((service) => service.paths)) {
    const response = await cloud.elb.forward(listenerPort, new Request(`http://127.0.0.1${path.replaceAll('*', '')}`));
    await response.body?.cancel();
    if (response.status >= 500) silent.push(`the load balancer answers ${response.status} for ${path}`);
  }
  return silent;
};
