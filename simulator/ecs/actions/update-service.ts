import { isDeepStrictEqual } from 'node:util';
import type { CapacityProviderStrategyItem, UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { readStrategy, type Strategy } from '../capacity-providers.ts';
import { deploy } from '../deployments.ts';
import type { EcsService } from '../ecs-service.ts';
import type { ServiceRecord } from '../model.ts';
import { clusterKey, onServices, passRoles } from '../permissions.ts';
import {
  checkCount,
  checkFit,
  completeNetwork,
  mergeDeploymentConfiguration,
  refuseUnmodelled,
} from '../service-rules.ts';
import { serviceView } from '../views.ts';

/**
 * An empty list leads back to the launch type that the service was created with; one that was created with a strategy gets the
 * cluster's default (AWS::ECS::Service, CapacityProviderStrategy, since 12 June 2025).
 * @throws AwsError `InvalidParameterException`
 */
const nextStrategy = (
  { cluster, createdWithLaunchType }: ServiceRecord,
  given: readonly CapacityProviderStrategyItem[],
): Strategy => {
  if (given.length > 0 || createdWithLaunchType) return readStrategy(cluster, given);
  if (cluster.defaultCapacityProviderStrategy.length > 0)
    return readStrategy(cluster, cluster.defaultCapacityProviderStrategy);
  throw new AwsError(
    'InvalidParameterException',
    'No launch type to fall back to for empty capacity provider strategy. Your service was not created with a launch type.',
  );
};

/**
 * Only some fields start a deployment (BC:ecs.UpdateServiceRequest): the task definition, the network configuration, the
 * platform version, the load balancers, and `forceNewDeployment`. All others change the service as it runs.
 */
export const updateService: ActionDefinition<EcsService, UpdateServiceRequest, UpdateServiceResponse> = {
  refuses: ['gatewayConnectors', 'monitoring'],
  partly:
    'capacity providers other than FARGATE and FARGATE_SPOT, the launch type EC2, service discovery, Service Connect, VPC Lattice, volumes, classic load balancers, deployment controllers other than ECS, strategies other than rolling, lifecycle hooks, early success criteria, placement strategies other than spread and binpack',
  permissions: (ecs, { cluster, service, taskDefinition }) => {
    // A family without a revision is resolved before authorization (BC:ecs.UpdateService).
    const found = taskDefinition === undefined ? undefined : ecs.findTaskDefinition(taskDefinition);
    return [
      ...onServices(ecs, 'UpdateService', cluster, [service]).map((permission) => ({
        ...permission,
        context: { ...clusterKey(ecs, cluster), ...(found && { 'ecs:task-definition': found.arn }) },
      })),
      ...passRoles(found?.input.taskRoleArn, found?.input.executionRoleArn),
    ];
  },
  run: (ecs, input) => {
    refuseUnmodelled(input);
    const service = ecs.serviceOf(ecs.clusterOf(input.cluster), input.service);
    if (service.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
    checkCount(input.desiredCount);
    const next = {
      launchType: service.launchType,
      taskDefinition:
        input.taskDefinition === undefined ? service.taskDefinition : ecs.usableTaskDefinition(input.taskDefinition),
      networkConfiguration: completeNetwork(input.networkConfiguration) ?? service.networkConfiguration,
      loadBalancers: structuredClone(input.loadBalancers ?? service.loadBalancers),
      platformVersion: input.platformVersion ?? service.platformVersion,
    };
    checkFit(next, next.taskDefinition);
    // A strategy starts no deployment by itself (BC:ecs.UpdateServiceRequest), and is refused without one.
    const strategy = input.capacityProviderStrategy && nextStrategy(service, input.capacityProviderStrategy);
    if (strategy?.length && service.launchType === 'EXTERNAL') {
      throw new AwsError(
        'InvalidParameterException',
        'The EXTERNAL launch type does not support capacity provider strategies.',
      );
    }
    if (
      strategy &&
      input.forceNewDeployment !== true &&
      !isDeepStrictEqual(new Set(strategy), new Set(service.capacityProviderStrategy))
    ) {
      throw new AwsError(
        'InvalidParameterException',
        'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
      );
    }
    const deploymentConfiguration = mergeDeploymentConfiguration(
      service.deploymentConfiguration,
      input.deploymentConfiguration,
    );
    const redeploys =
      input.forceNewDeployment === true ||
      next.taskDefinition !== service.taskDefinition ||
      (input.taskDefinition !== undefined && ecs.ctx.fidelity.ecs.sameTaskDefinitionDeploys) ||
      next.platformVersion !== service.platformVersion ||
      !isDeepStrictEqual(next.networkConfiguration, service.networkConfiguration) ||
      !isDeepStrictEqual(next.loadBalancers, service.loadBalancers);

    ecs.staleness.note(service.arn, () => serviceView(ecs.arns, service));
    service.capacityProviderStrategy = strategy ?? service.capacityProviderStrategy;
    service.taskDefinition = next.taskDefinition;
    service.networkConfiguration = next.networkConfiguration;
    service.loadBalancers = next.loadBalancers;
    service.platformVersion = next.platformVersion;
    service.deploymentConfiguration = deploymentConfiguration;
    service.desiredCount = input.desiredCount ?? service.desiredCount;
    service.healthCheckGracePeriodSeconds =
      input.healthCheckGracePeriodSeconds ?? service.healthCheckGracePeriodSeconds;
    service.placementConstraints = structuredClone(input.placementConstraints ?? service.placementConstraints);
    service.placementStrategy = structuredClone(input.placementStrategy ?? service.placementStrategy);
    service.enableExecuteCommand = input.enableExecuteCommand ?? service.enableExecuteCommand;
    service.enableEcsManagedTags = input.enableECSManagedTags ?? service.enableEcsManagedTags;
    service.propagateTags = input.propagateTags ?? service.propagateTags;
    service.availabilityZoneRebalancing = input.availabilityZoneRebalancing ?? service.availabilityZoneRebalancing;
    ecs.ctx.kernel.record('ecs-update-service', {
      service: service.name,
      desired: service.desiredCount,
      taskDefinition: service.taskDefinition.arn,
      redeploys,
    });
    if (redeploys) {
      deploy(ecs, service);
    } else {
      const primary = service.deployments[0];
      if (primary && primary.desiredCount !== service.desiredCount) {
        primary.desiredCount = service.desiredCount;
        primary.updatedAtMs = ecs.ctx.kernel.now();
      }
      ecs.scheduler.wake(service);
    }
    return { service: serviceView(ecs.arns, service) };
  },
};
