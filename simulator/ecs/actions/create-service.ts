import { isDeepStrictEqual } from 'node:util';
import type { CreateServiceRequest, CreateServiceResponse } from '@aws-sdk/client-ecs';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { deploy } from '../deployments.ts';
import type { EcsService } from '../ecs-service.ts';
import type { ServiceRecord } from '../model.ts';
import { clusterKey, onServices, passRoles } from '../permissions.ts';
import {
  capacityOf,
  checkCount,
  checkFit,
  completeNetwork,
  mergeDeploymentConfiguration,
  refuseUnmodelled,
} from '../service-rules.ts';
import { serviceView } from '../views.ts';

export const createService: ActionDefinition<EcsService, CreateServiceRequest, CreateServiceResponse> = {
  refuses: ['gatewayConnectors', 'monitoring'],
  partly:
    'capacity providers other than FARGATE and FARGATE_SPOT, the launch type EC2, service discovery, Service Connect, VPC Lattice, volumes, classic load balancers, deployment controllers other than ECS, strategies other than rolling, lifecycle hooks, early success criteria, placement strategies other than spread and binpack, the scheduling strategy DAEMON',
  permissions: (ecs, { cluster, serviceName, taskDefinition, tags }) => {
    const found = ecs.findTaskDefinition(taskDefinition);
    return [
      ...onServices(ecs, 'CreateService', cluster, [serviceName]).map((permission) => ({
        ...permission,
        context: { ...clusterKey(ecs, cluster), ...(found && { 'ecs:task-definition': found.arn }) },
      })),
      ...(tags?.length ? onServices(ecs, 'TagResource', cluster, [serviceName]) : []),
      ...passRoles(found?.input.taskRoleArn, found?.input.executionRoleArn),
    ];
  },
  run: (ecs, input, call) => {
    refuseUnmodelled(input);
    if (input.schedulingStrategy && input.schedulingStrategy !== 'REPLICA') {
      throw notModelled(`the scheduling strategy ${input.schedulingStrategy}`);
    }
    const cluster = ecs.clusterOf(input.cluster);
    const name = input.serviceName ?? '';
    if (!/^[\w-]{1,255}$/.test(name)) {
      throw new AwsError('InvalidParameterException', 'Invalid service name: it must match [A-Za-z0-9_-]{1,255}.');
    }
    if ((input.clientToken?.length ?? 0) > 36) {
      throw new AwsError('InvalidParameterException', 'clientToken cannot have more than 36 characters.');
    }
    const { clientToken, ...createdFrom } = structuredClone(input);
    const existing = cluster.services.get(name);
    if (existing?.status === 'DRAINING') {
      throw new AwsError('InvalidParameterException', 'Unable to Start a service that is still Draining.');
    }
    if (existing?.status === 'ACTIVE') {
      const same =
        isDeepStrictEqual(existing.createdFrom, createdFrom) && (clientToken ?? '') === (existing.clientToken ?? '');
      if (same) return { service: serviceView(ecs.arns, existing) };
      throw new AwsError('InvalidParameterException', 'Creation of service was not idempotent.');
    }
    checkCount(input.desiredCount);
    const { launchType, strategy } = capacityOf(cluster, input);
    const taskDefinition = ecs.usableTaskDefinition(input.taskDefinition);
    const service: ServiceRecord = {
      name,
      arn: ecs.arns.service(cluster.name, name),
      cluster,
      launchType,
      createdWithLaunchType: strategy.length === 0,
      capacityProviderStrategy: strategy,
      status: 'ACTIVE',
      createdAtMs: ecs.ctx.kernel.now(),
      createdBy: call.caller.kind === 'service' ? undefined : call.caller.arn,
      clientToken,
      createdFrom,
      desiredCount: input.desiredCount ?? 1,
      taskDefinition,
      deploymentConfiguration: mergeDeploymentConfiguration(undefined, input.deploymentConfiguration),
      networkConfiguration: completeNetwork(input.networkConfiguration),
      loadBalancers: structuredClone(input.loadBalancers ?? []),
      placementConstraints: structuredClone(input.placementConstraints ?? []),
      placementStrategy: structuredClone(input.placementStrategy ?? []),
      platformVersion: input.platformVersion,
      healthCheckGracePeriodSeconds:
        input.healthCheckGracePeriodSeconds ?? (input.loadBalancers?.length ? 0 : undefined),
      enableExecuteCommand: input.enableExecuteCommand ?? false,
      enableEcsManagedTags: input.enableECSManagedTags ?? false,
      propagateTags: input.propagateTags ?? 'NONE',
      availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? 'DISABLED',
      tags: structuredClone(input.tags ?? []),
      deployments: [],
      lastCompleted: undefined,
      events: [],
      told: new Map(),
      tasks: new Set(),
      history: [],
      moving: new Set(),
      wakeTimer: undefined,
      retryTimer: undefined,
      retryAtMs: 0,
      steadyTimer: undefined,
      steady: false,
      placementBlocked: false,
    };
    checkFit(service, taskDefinition);
    ecs.staleness.note(service.arn, () => undefined);
    cluster.services.set(name, service);
    deploy(ecs, service);
    return { service: serviceView(ecs.arns, service) };
  },
};
