import { probeStartedBy } from '../../functions/core/configuration.ts';
import { deploymentBounds } from '../../simulator/ecs/deployment-arithmetic.ts';
import type { EcsService } from '../../simulator/ecs/ecs-service.ts';
import { isRunning, type ServiceRecord } from '../../simulator/ecs/model.ts';

/** What the simulator itself knows of a twin, behind every API: what a verdict is held against. */
export interface TwinTruth {
  readonly twin: string;
  readonly desired: number;
  /** Task definition of the PRIMARY deployment. */
  readonly taskDefinition: string;
  readonly deployments: number;
  /** At its count its percents let ECS neither stop an old task nor start a new one. */
  readonly deadlocked: boolean;
  readonly tasks: readonly TaskTruth[];
}

export interface TaskTruth {
  readonly taskDefinition: string;
  /** Digest of its first container's image; undefined before the pull. */
  readonly digest: string | undefined;
  readonly running: boolean;
  readonly healthy: boolean;
  /** Whether ECS can reach it now: a task on a machine without its link goes on unheard. */
  readonly reachable: boolean;
}

const isDeadlocked = ({ desiredCount, deploymentConfiguration }: ServiceRecord): boolean => {
  const { healthyMin, totalMax } = deploymentBounds(desiredCount, deploymentConfiguration);
  return desiredCount > 0 && healthyMin >= desiredCount && totalMax <= desiredCount;
};

/** @returns undefined when there is no such service, or it is being deleted. */
export const truthOf = (ecs: EcsService, cluster: string, twin: string): TwinTruth | undefined => {
  const service = ecs.clusters.get(cluster)?.services.get(twin);
  if (service?.status !== 'ACTIVE') return undefined;
  return {
    twin,
    desired: service.desiredCount,
    taskDefinition: service.taskDefinition.arn,
    deployments: service.deployments.length,
    deadlocked: isDeadlocked(service),
    tasks: [...service.tasks].map((task) => ({
      taskDefinition: task.taskDefinition.arn,
      digest: task.containers[0]?.imageDigest,
      running: isRunning(task) && task.desiredStatus === 'RUNNING',
      healthy:
        task.lastStatus === 'RUNNING' && task.containers.every(({ healthStatus }) => healthStatus !== 'UNHEALTHY'),
      reachable: task.instance?.linked !== false,
    })),
  };
};

/** Probes that run and can be stopped: none is left when a rollout has ended. Somebody else's tasks beside the services are theirs. */
export const probesLeft = (ecs: EcsService, cluster: string): readonly string[] =>
  [...(ecs.clusters.get(cluster)?.tasks.values() ?? [])]
    .filter(
      (task) =>
        task.startedBy === probeStartedBy && task.desiredStatus === 'RUNNING' && task.instance?.linked !== false,
    )
    .map(
      ({ taskDefinition, createdAtMs }) => `${nameOf(taskDefinition.arn)} since ${new Date(createdAtMs).toISOString()}`,
    );

const nameOf = (taskDefinition: string): string => taskDefinition.split('/').at(-1) ?? taskDefinition;

/** Digests that run on a twin, each once. */
export const runningDigests = (truth: TwinTruth): readonly string[] => [
  ...new Set(truth.tasks.filter(({ running }) => running).map(({ digest }) => digest ?? 'none')),
];

/** `order-processor-fargate: desired 1, 1 running sha256:…; PRIMARY …:3` */
export const describeTruth = (truth: TwinTruth): string => {
  const running = truth.tasks.filter((task) => task.running);
  const digests = runningDigests(truth).map((digest) => digest.replace('sha256:', '').slice(0, 12));
  return `${truth.twin}: desired ${truth.desired}, ${running.length} running${digests.length > 0 ? ` ${digests.join(' and ')}` : ''}, on ${nameOf(truth.taskDefinition)}`;
};
