import { copied } from '../cloud/copied.ts';
import type { EcsService } from './ecs-service.ts';
import type { DeploymentRecord, ServiceRecord } from './model.ts';

/** Starts a deployment of what the service's fields say now. */
export const deploy = (ecs: EcsService, service: ServiceRecord): DeploymentRecord => {
  const { kernel } = ecs.ctx;
  const nowMs = kernel.now();
  const id = `ecs-svc/${digits(kernel.hex('ecs.deployment', 16))}`;
  const deployment: DeploymentRecord = {
    id,
    service,
    taskDefinition: service.taskDefinition,
    networkConfiguration: copied(service.networkConfiguration),
    loadBalancers: copied(service.loadBalancers),
    platformVersion: service.platformVersion,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    desiredCount: service.desiredCount,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
    anyRunning: false,
    // At count 0 no first task resolves the images: the deployment stays without pins (DG:deployment-type-ecs).
    pinned: service.desiredCount > 0 ? new Map() : undefined,
    failedResolutions: 0,
    rollbackOf: undefined,
    failedRounds: 0,
    round: 0,
    notBeforeMs: 0,
    bakeTimer: undefined,
    baked: false,
    alarmTimer: undefined,
    ignoredAlarms: undefined,
    triggeredAlarms: [],
    failedBy: undefined,
    serviceDeploymentId: kernel.hex('ecs.service-deployment', 21),
    serviceRevisionId: digits(kernel.hex('ecs.service-revision', 16)),
    sourceRevisionIds: service.deployments.map(({ serviceRevisionId }) => serviceRevisionId),
    deploymentStatus: 'PENDING',
    deploymentStatusReason: undefined,
    startedAtMs: undefined,
    finishedAtMs: undefined,
    stoppedAtMs: undefined,
    rollbackReason: undefined,
    rollbackStartedAtMs: undefined,
    rollbackToRevisionId: undefined,
  };
  ecs.scheduler.startDeployment(service, deployment);
  return deployment;
};

/** 19 digits, as real ids have, from 16 hexadecimal ones. */
const digits = (hex: string): string => (BigInt(`0x${hex}`) % 9_000_000_000_000_000_000n).toString().padStart(19, '1');
