import type { Tag } from '@aws-sdk/client-ecs';
import type { ServiceContext } from '../cloud/service.ts';
import type { Announcer } from './announcer.ts';
import type { EcsArns } from './arns.ts';
import { type FargateProvider, nextProvider, sharesOf } from './capacity-providers.ts';
import { DeploymentAlarms, watchedByAlarms } from './deployment-alarms.ts';
import { breakerThreshold, deploymentBounds, launchDelayMs } from './deployment-arithmetic.ts';
import type { LaunchRates } from './launch-rates.ts';
import type {
  ClusterRecord,
  DeploymentRecord,
  InstanceRecord,
  ServiceDeploymentStatus,
  ServiceRecord,
  TaskRecord,
} from './model.ts';
import { checkedHealth, hasHealthCheck, isPending, isRunning } from './model.ts';
import { place } from './placement.ts';
import type { TaskEngine, TaskListener } from './task-engine.ts';

const taskTags = (service: ServiceRecord, deployment: DeploymentRecord): readonly Tag[] => [
  ...(service.enableEcsManagedTags
    ? [
        { key: 'aws:ecs:serviceName', value: service.name },
        { key: 'aws:ecs:clusterName', value: service.cluster.name },
      ]
    : []),
  ...(service.propagateTags === 'SERVICE' ? service.tags : []),
  ...(service.propagateTags === 'TASK_DEFINITION' ? deployment.taskDefinition.tags : []),
];

/** Service deployments can be described for 90 days (DG:service-deployment). */
const deploymentRetentionMs = 90 * 86_400_000;

/** Statuses that ECS moves on by itself, at its next look. */
const nextStatus: Readonly<Partial<Record<ServiceDeploymentStatus, ServiceDeploymentStatus>>> = {
  PENDING: 'IN_PROGRESS',
  STOP_REQUESTED: 'STOPPED',
  ROLLBACK_REQUESTED: 'ROLLBACK_IN_PROGRESS',
};

type Failure =
  | { readonly by: 'breaker' | 'alarm'; readonly reason?: undefined }
  | { readonly by: 'wish'; readonly reason: string };

/** What is said of a failure. The alarm's event and states are not in AWS's pages: they follow the breaker's; its message is in people's logs. */
const failureTexts = {
  breaker: {
    message: 'tasks failed to start',
    state: 'ECS deployment circuit breaker: tasks failed to start.',
    event: 'ECS deployment circuit breaker: task failed to start.',
    rollingBack: 'ECS deployment circuit breaker:',
  },
  alarm: {
    message: 'alarm detected',
    state: 'ECS deployment alarm: alarm detected.',
    event: 'ECS deployment alarm: alarm detected.',
    rollingBack: 'ECS deployment alarm:',
  },
} as const;

/**
 * The service scheduler: brings each service to its desired count and its PRIMARY deployment. It works only when
 * something has changed: each change wakes the service, and one pass decides from the state as it is then.
 */
export class Scheduler implements TaskListener {
  readonly #ctx: ServiceContext;
  readonly #arns: EcsArns;
  readonly #announcer: Announcer;
  readonly #launchRates: LaunchRates;
  readonly #alarms: DeploymentAlarms;
  #engine: TaskEngine | undefined;

  constructor(ctx: ServiceContext, arns: EcsArns, announcer: Announcer, launchRates: LaunchRates) {
    this.#ctx = ctx;
    this.#arns = arns;
    this.#announcer = announcer;
    this.#launchRates = launchRates;
    this.#alarms = new DeploymentAlarms(ctx, (deployment) => {
      const { service } = deployment;
      if (service.deployments[0] === deployment) this.#fail(service, deployment, { by: 'alarm' });
    });
  }

  /** The engine tells the scheduler what becomes of tasks and so is built after it. */
  attach(engine: TaskEngine): void {
    this.#engine = engine;
  }

  /** Looks at the service after AWS's pick-up time. Changes until then are seen together. */
  wake(service: ServiceRecord): void {
    if (service.wakeTimer || service.status === 'INACTIVE') return;
    service.wakeTimer = this.#ctx.kernel.afterAws(this.#ctx.fidelity.ecs.schedulerPickupMs, 'ecs-scheduler', () => {
      service.wakeTimer = undefined;
      this.#pass(service, 'change');
    });
  }

  running(task: TaskRecord): void {
    const { service, deployment } = task;
    if (!service || !deployment) return;
    deployment.anyRunning = true;
    deployment.failedRounds = 0;
    deployment.notBeforeMs = 0;
    this.#announcer.forget(service, 'impaired');
    this.wake(service);
  }

  /** Its replacement does not wait for its end (DG:fargate-capacity-providers). */
  stopping(task: TaskRecord): void {
    if (task.service) this.wake(task.service);
  }

  stopped(task: TaskRecord): void {
    const { service, deployment } = task;
    if (!service || !deployment) return;
    if (task.stopCode === 'TaskFailedToStart') this.#launchFailed(service, deployment, task);
    else if (
      task.stopCode === 'EssentialContainerExited' &&
      !task.counted &&
      !task.seenHealthy &&
      this.#ctx.fidelity.ecs.breakerCountsExitAfterRunning
    ) {
      this.#count(task);
    }
    this.wake(service);
  }

  healthChanged(task: TaskRecord): void {
    if (task.service && task.lastStatus !== 'STOPPED') this.wake(task.service);
  }

  capacityChanged(cluster: ClusterRecord): void {
    for (const service of cluster.services.values()) if (service.placementBlocked) this.wake(service);
  }

  /** Tasks of services that run on the instance must leave it, or may stay again. */
  instanceStatusChanged(instance: InstanceRecord): void {
    for (const task of instance.tasks) if (task.service) this.wake(task.service);
    this.capacityChanged(instance.cluster);
  }

  /** Begins a deployment: it becomes PRIMARY, and what was PRIMARY is drained (DG:service-deployment). */
  startDeployment(service: ServiceRecord, deployment: DeploymentRecord): void {
    const nowMs = this.#ctx.kernel.now();
    const superseded = service.deployments[0];
    if (superseded) {
      superseded.bakeTimer?.cancel();
      this.#alarms.end(superseded);
      superseded.desiredCount = this.#wanted(service, superseded).length;
      superseded.updatedAtMs = nowMs;
      // Superseding a rollback ends it too, which stands in the books of the deployment that failed.
      const ended = superseded.rollbackOf ?? superseded;
      superseded.rollbackOf = undefined;
      if (ended.finishedAtMs === undefined) {
        const reason = 'Service deployment was stopped because a newer deployment started.';
        this.#move(ended, 'STOP_REQUESTED', reason);
        const { supersededEvent } = this.#ctx.fidelity.ecs;
        if (supersededEvent !== 'none') this.#announcer.deployment(superseded, supersededEvent, 'ERROR', reason);
      }
    }
    service.deployments.unshift(deployment);
    const keptSinceMs = nowMs - deploymentRetentionMs;
    service.history = [deployment, ...service.history.filter(({ createdAtMs }) => createdAtMs > keptSinceMs)];
    service.steady = false;
    service.steadyTimer?.cancel();
    service.placementBlocked = false;
    service.retryTimer?.cancel();
    service.retryTimer = undefined;
    this.#announcer.forget(service, 'steady');
    this.#announcer.forget(service, 'placement');
    this.#announcer.forget(service, 'hung');
    this.#move(deployment, 'PENDING');
    this.#alarms.begin(deployment);
    this.#announcer.deployment(
      deployment,
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'INFO',
      `ECS deployment ${deployment.id} in progress.`,
    );
    this.wake(service);
  }

  /** Sets the status of a service deployment; the next pass moves it on where it does not stay (DG:service-deployment). */
  #move(deployment: DeploymentRecord, status: ServiceDeploymentStatus, reason?: string): void {
    const nowMs = this.#ctx.kernel.now();
    deployment.deploymentStatus = status;
    if (reason !== undefined) deployment.deploymentStatusReason = reason;
    deployment.updatedAtMs = nowMs;
    if (status in nextStatus) deployment.service.moving.add(deployment);
    if (status === 'IN_PROGRESS') deployment.startedAtMs = nowMs;
    if (status === 'STOPPED') deployment.stoppedAtMs = nowMs;
    if (['STOPPED', 'SUCCESSFUL', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'].includes(status)) {
      deployment.finishedAtMs = nowMs;
    }
  }

  #moveOn(service: ServiceRecord): void {
    for (const deployment of service.moving) {
      service.moving.delete(deployment);
      const next = nextStatus[deployment.deploymentStatus];
      if (next) this.#move(deployment, next);
    }
  }

  /** Ends the PRIMARY deployment by a person's wish and returns to the last completed one. @returns whether there was one to return to. */
  rollBack(service: ServiceRecord, reason: string): boolean {
    const primary = service.deployments[0];
    if (!primary || !service.lastCompleted || service.lastCompleted === primary) return false;
    this.#fail(service, primary, { by: 'wish', reason });
    return true;
  }

  // One pass.

  #pass(service: ServiceRecord, cause: 'change' | 'retry'): void {
    const primary = service.deployments[0];
    if (!primary || service.status === 'INACTIVE') return;
    this.#moveOn(service);
    const desired = service.status === 'ACTIVE' ? service.desiredCount : 0;
    if (primary.desiredCount !== desired) {
      primary.desiredCount = desired;
      primary.updatedAtMs = this.#ctx.kernel.now();
    }
    this.#stopAtOnce(service, primary);
    this.#countUnhealthy(service, primary);
    this.#noticeHealthy(service);
    if (this.#breakerTrips(service, primary, desired)) {
      this.#fail(service, primary, { by: 'breaker' });
      this.wake(service);
      return;
    }
    const { started, sourceBlocked } = this.#start(service, primary, desired, cause);
    const stopped = this.#stop(service, primary, desired, sourceBlocked);
    this.#tellIfHung(service, primary, desired, started.length + stopped.length);
    this.#conclude(service, primary, desired);
  }

  /** What needs no care: tasks that carry nothing yet and are not wanted where they are. */
  #stopAtOnce(service: ServiceRecord, primary: DeploymentRecord): void {
    for (const task of service.tasks) {
      if (task.desiredStatus === 'STOPPED' || !task.deployment || !isPending(task)) continue;
      const leaving = task.instance?.status === 'DRAINING';
      const superseded = task.deployment !== primary && task.deployment !== service.lastCompleted;
      // A pending task on a draining instance is stopped at once (DG:container-instance-draining).
      if (leaving || superseded) this.#engineStop(task, primary);
    }
  }

  #countUnhealthy(service: ServiceRecord, primary: DeploymentRecord): void {
    for (const task of service.tasks) {
      if (task.counted || task.desiredStatus === 'STOPPED' || !this.#isUnhealthy(task)) continue;
      const group = this.#engineOf().unhealthyTargetGroup(task);
      this.#announcer.message(
        service,
        group
          ? `(task ${task.id}) (port ${task.deployment?.loadBalancers[0]?.containerPort}) is unhealthy in (target-group ${group}) due to (reason Health checks failed).`
          : `(task ${task.id}) failed container health checks.`,
      );
      task.counted = true;
      if (task.deployment === primary) this.#count(task);
    }
  }

  /** By default the breaker counts failures in a row: a task that becomes healthy ends the row (DG:deployment-circuit-breaker). */
  #noticeHealthy(service: ServiceRecord): void {
    const resets = service.deploymentConfiguration.deploymentCircuitBreaker?.resetOnHealthyTask !== false;
    for (const task of service.tasks) {
      if (task.seenHealthy || !this.#isHealthy(task)) continue;
      task.seenHealthy = true;
      if (resets && task.deployment) task.deployment.failedTasks = 0;
    }
  }

  #count(task: TaskRecord): void {
    const { deployment } = task;
    if (!deployment) return;
    task.counted = true;
    deployment.failedTasks += 1;
    deployment.updatedAtMs = this.#ctx.kernel.now();
  }

  #breakerTrips(service: ServiceRecord, primary: DeploymentRecord, desired: number): boolean {
    const breaker = service.deploymentConfiguration.deploymentCircuitBreaker;
    if (!breaker?.enable || primary.rolloutState !== 'IN_PROGRESS') return false;
    if (service.launchType === 'EXTERNAL' && !this.#ctx.fidelity.ecs.breakerOnExternal) return false;
    // Three failed resolutions of an image end a deployment under the breaker, whatever its threshold (DG:deployment-type-ecs).
    return primary.failedTasks >= breakerThreshold(desired, breaker) || primary.failedResolutions >= 3;
  }

  #start(
    service: ServiceRecord,
    primary: DeploymentRecord,
    desired: number,
    cause: 'change' | 'retry',
  ): { readonly started: readonly TaskRecord[]; readonly sourceBlocked: boolean } {
    const { totalMax } = deploymentBounds(desired, service.deploymentConfiguration);
    const started: TaskRecord[] = [];
    const room = (): number =>
      totalMax - [...service.tasks].filter((task) => isPending(task) || isRunning(task)).length;
    /** @returns false where no machine has room. */
    const fill = (deployment: DeploymentRecord, missing: number): boolean => {
      const nowMs = this.#ctx.kernel.now();
      if (missing <= 0) return true;
      if (deployment.notBeforeMs > nowMs) {
        this.#retryAt(service, deployment.notBeforeMs);
        return true;
      }
      let left = missing;
      while (left > 0 && room() > 0) {
        const waitMs = this.#launchWaitMs(service, deployment);
        if (waitMs > 0) {
          this.#retryAt(service, nowMs + waitMs);
          return true;
        }
        const task = this.#launch(service, deployment, cause);
        if (!task) return false;
        started.push(task);
        left -= 1;
      }
      return true;
    };
    let sourceBlocked = false;
    if (primary.rolloutState !== 'FAILED') fill(primary, desired - this.#kept(service, primary).length);
    const source = service.deployments.find(
      (deployment) => deployment !== primary && deployment === service.lastCompleted,
    );
    if (source) {
      // What the source revision loses on the way is replaced with the source revision (DG:deployment-type-ecs).
      const good = service.deployments.reduce((sum, deployment) => sum + this.#kept(service, deployment).length, 0);
      const missing = Math.min(desired, source.desiredCount) - this.#kept(service, source).length;
      sourceBlocked = !fill(source, Math.min(missing, desired - good));
    }
    if (started.length > 0) {
      this.#announcer.forget(service, 'placement');
      this.#announcer.message(
        service,
        `has started ${started.length} tasks: ${started.map(({ id }) => `(task ${id})`).join(' ')}.`,
      );
    }
    return { started, sourceBlocked };
  }

  /** The provider of a deployment's next task; undefined where the service has a launch type. */
  #providerOf(service: ServiceRecord, deployment: DeploymentRecord): FargateProvider | undefined {
    if (service.capacityProviderStrategy.length === 0) return undefined;
    const running = this.#kept(service, deployment).map(({ capacityProvider }) => capacityProvider);
    return nextProvider(service.capacityProviderStrategy, running);
  }

  #launchWaitMs(service: ServiceRecord, deployment: DeploymentRecord): number {
    if (!this.#ctx.fidelity.ecs.throttling) return 0;
    const fargate = service.launchType === 'FARGATE' ? (this.#providerOf(service, deployment) ?? 'FARGATE') : undefined;
    return this.#launchRates.take({ service: service.arn, fargate });
  }

  #launch(service: ServiceRecord, deployment: DeploymentRecord, cause: 'change' | 'retry'): TaskRecord | undefined {
    const { taskDefinition } = deployment;
    const group = `service:${service.name}`;
    let instance: InstanceRecord | undefined;
    const capacityProvider = this.#providerOf(service, deployment);
    if (service.launchType === 'EXTERNAL') {
      const placement = place(service.cluster.instances.values(), {
        taskDefinition,
        constraints: service.placementConstraints,
        strategy: service.placementStrategy,
        group,
      });
      if (placement.kind === 'no-room') {
        const text = `was unable to place a task because no container instance met all of its requirements. ${placement.explanation}`;
        const instances = placement.refusals.map((refusal) => refusal.instance.arn);
        this.#placementFailed(service, deployment, cause, placement.reason, text, {
          ...(instances.length > 0 && { containerInstanceArns: instances }),
        });
        return undefined;
      }
      instance = placement.instance;
    } else {
      const refusal = this.#engineOf().fargateRefusal(taskDefinition, capacityProvider);
      if (refusal) {
        const text = `was unable to place a task. Reason: ${refusal}.`;
        this.#placementFailed(service, deployment, cause, 'RESOURCE:FARGATE', text, {
          ...(capacityProvider && { capacityProviderArns: [this.#arns.capacityProvider(capacityProvider)] }),
        });
        return undefined;
      }
    }
    service.placementBlocked = false;
    return this.#engineOf().launch({
      cluster: service.cluster,
      taskDefinition,
      launchType: service.launchType,
      capacityProvider,
      instance,
      service,
      deployment,
      group,
      startedBy: deployment.id,
      networkConfiguration: deployment.networkConfiguration,
      enableExecuteCommand: service.enableExecuteCommand,
      tags: taskTags(service, deployment),
    });
  }

  /**
   * No room for a task. In the breaker's first stage each attempt counts ("the scheduler can't launch the task"); an
   * attempt that only a change of capacity caused is not one more.
   */
  #placementFailed(
    service: ServiceRecord,
    deployment: DeploymentRecord,
    cause: 'change' | 'retry',
    reason: string,
    text: string,
    where: Readonly<Record<string, readonly string[]>>,
  ): void {
    const again = service.placementBlocked && cause === 'change';
    service.placementBlocked = true;
    this.#announcer.messageOnce(service, 'placement', text);
    if (again) {
      this.#retryAt(service, this.#ctx.kernel.now() + this.#backOffMs(Math.max(1, deployment.failedRounds)));
      return;
    }
    this.#announcer.serviceAction(service, 'SERVICE_TASK_PLACEMENT_FAILURE', 'ERROR', {
      ...where,
      reason,
    });
    deployment.failedRounds += 1;
    if (!deployment.anyRunning && deployment.rolloutState === 'IN_PROGRESS') {
      deployment.failedTasks += 1;
      deployment.updatedAtMs = this.#ctx.kernel.now();
      this.wake(service);
    }
    this.#retryAt(service, this.#ctx.kernel.now() + this.#backOffMs(deployment.failedRounds));
  }

  /** A task never reached RUNNING: the next launches wait, longer with each round (DG:service-throttle-logic). */
  #launchFailed(service: ServiceRecord, deployment: DeploymentRecord, task: TaskRecord): void {
    if (!deployment.anyRunning && !task.counted) this.#count(task);
    if (deployment.failedResolutions >= 3) deployment.pinned = undefined;
    if (task.round !== deployment.round) return;
    deployment.round += 1;
    deployment.failedRounds += 1;
    deployment.notBeforeMs = this.#ctx.kernel.now() + this.#backOffMs(deployment.failedRounds);
    if (deployment.failedRounds < 2) return;
    if (this.#announcer.messageOnce(service, 'impaired', 'is unable to consistently start tasks successfully.')) {
      this.#announcer.serviceAction(service, 'SERVICE_TASK_START_IMPAIRED', 'WARN');
    }
  }

  #backOffMs(failedRounds: number): number {
    return this.#ctx.kernel.paced(launchDelayMs(failedRounds, this.#ctx.fidelity.ecs));
  }

  #retryAt(service: ServiceRecord, atMs: number): void {
    if (service.retryTimer && service.retryAtMs <= atMs) return;
    service.retryTimer?.cancel();
    service.retryAtMs = atMs;
    service.retryTimer = this.#ctx.kernel.after(atMs - this.#ctx.kernel.now(), 'ecs-launch-retry', () => {
      service.retryTimer = undefined;
      this.#pass(service, 'retry');
    });
  }

  #stop(
    service: ServiceRecord,
    primary: DeploymentRecord,
    desired: number,
    sourceBlocked: boolean,
  ): readonly TaskRecord[] {
    const { healthyMin, totalMax } = deploymentBounds(desired, service.deploymentConfiguration);
    const stopped: TaskRecord[] = [];
    const stop = (task: TaskRecord): void => {
      // What leaves because it is unhealthy, or its machine drains, is still wanted: the source revision replaces it.
      const { deployment } = task;
      if (deployment && deployment !== primary && !this.#isUnhealthy(task) && !this.#isLeaving(task)) {
        deployment.desiredCount = Math.max(0, deployment.desiredCount - 1);
      }
      this.#engineStop(task, primary);
      stopped.push(task);
    };
    const wanted = (): TaskRecord[] => [...service.tasks].filter((task) => task.desiredStatus === 'RUNNING');
    const healthy = (): number => wanted().filter((task) => this.#isHealthy(task)).length;
    const kept = this.#kept(service, primary);

    // More than the count: pending tasks go first, then those on the fullest instance, then the newest.
    const surplus = kept.length - desired;
    if (surplus > 0) {
      for (const task of this.#inShare(service, this.#victims(kept), kept, desired).slice(0, surplus)) stop(task);
    }

    // Unhealthy tasks of the PRIMARY leave when their replacements are healthy, or one at a time to make room for them.
    const unhealthy = wanted().filter(
      (task) => task.deployment === primary && this.#isUnhealthy(task) && !this.#isHeld(task),
    );
    const total = [...service.tasks].filter((task) => isPending(task) || isRunning(task)).length;
    const replaced = kept.filter((task) => this.#isHealthy(task)).length >= desired;
    if (primary.rolloutState === 'FAILED') {
      // Nothing of a failed deployment that is not serving already will be kept.
      for (const task of this.#wanted(service, primary)) if (!this.#isHealthy(task)) stop(task);
    } else if (replaced) for (const task of unhealthy) stop(task);
    else if (unhealthy[0] && kept.length < desired && (total >= totalMax || service.placementBlocked)) {
      stop(unhealthy[0]);
    }

    // Older deployments and draining instances give way as far as the minimum allows.
    let madeRoom = false;
    const isFull = (): boolean =>
      sourceBlocked || [...service.tasks].filter((task) => isPending(task) || isRunning(task)).length >= totalMax;
    const stalled = primary.rolloutState === 'FAILED' && desired > 0;
    const leaving = wanted().filter((task) => this.#isLeaving(task) && !isPending(task));
    const older = stalled
      ? this.#victims(wanted().filter((task) => task.deployment !== primary)).slice(
          0,
          Math.max(0, wanted().length - desired),
        )
      : this.#olderFirst(service, wanted());
    for (const task of new Set([...older, ...leaving])) {
      if (this.#isHeld(task)) continue;
      if (this.#isUnhealthy(task)) {
        // The source revision loses an unhealthy task when enough healthy ones stand beside it, or one at a time where
        // there is no room to start a replacement first (DG:deployment-type-ecs).
        const source = task.deployment !== primary && task.deployment === service.lastCompleted;
        const enough = !source || this.#isLeaving(task) || healthy() >= desired;
        if (enough || (!madeRoom && isFull())) stop(task);
        if (!enough) madeRoom = true;
        continue;
      }
      if (isPending(task)) continue;
      const left = healthy() - (this.#isHealthy(task) ? 1 : 0);
      if (left >= healthyMin) stop(task);
    }

    if (stopped.length > 0) {
      this.#announcer.message(
        service,
        `has stopped ${stopped.length} running tasks: ${stopped.map(({ id }) => `(task ${id})`).join(' ')}.`,
      );
    }
    return stopped;
  }

  /** Tasks of older deployments, those of the oldest first. */
  #olderFirst(service: ServiceRecord, wanted: readonly TaskRecord[]): readonly TaskRecord[] {
    return service.deployments
      .slice(1)
      .reverse()
      .flatMap((deployment) => this.#victims(wanted.filter((task) => task.deployment === deployment)));
  }

  /** In the order in which a scale-in takes tasks: without protection, pending, on the fullest instance, newest. */
  #victims(tasks: readonly TaskRecord[]): readonly TaskRecord[] {
    const onInstance = (task: TaskRecord): number =>
      tasks.filter((other) => other.instance && other.instance === task.instance).length;
    return tasks
      .filter((task) => !this.#isProtected(task))
      .toSorted(
        (a, b) =>
          Number(isPending(b)) - Number(isPending(a)) ||
          onInstance(b) - onInstance(a) ||
          b.createdAtMs - a.createdAtMs ||
          (a.id < b.id ? -1 : 1),
      );
  }

  /** The victims of a scale-in, those first that a capacity provider has beyond its share of the new count. */
  #inShare(
    service: ServiceRecord,
    victims: readonly TaskRecord[],
    kept: readonly TaskRecord[],
    desired: number,
  ): readonly TaskRecord[] {
    const shares = sharesOf(service.capacityProviderStrategy, desired);
    const beyond = new Map<FargateProvider | undefined, number>();
    for (const { capacityProvider } of kept) beyond.set(capacityProvider, (beyond.get(capacityProvider) ?? 0) + 1);
    for (const [provider, share] of shares) beyond.set(provider, (beyond.get(provider) ?? 0) - share);
    const surplus: TaskRecord[] = [];
    const rest: TaskRecord[] = [];
    for (const task of victims) {
      const left = beyond.get(task.capacityProvider) ?? 0;
      beyond.set(task.capacityProvider, left - 1);
      (left > 0 ? surplus : rest).push(task);
    }
    return [...surplus, ...rest];
  }

  #engineStop(task: TaskRecord, primary: DeploymentRecord): void {
    const group = this.#engineOf().unhealthyTargetGroup(task);
    const reason = this.#isUnhealthy(task)
      ? group
        ? `Task failed ELB health checks in (target-group ${group})`
        : 'Task failed container health checks'
      : `Scaling activity initiated by (deployment ${primary.id})`;
    this.#engineOf().stop(task, 'ServiceSchedulerInitiated', reason);
  }

  /** A deployment that may neither start nor stop anything hangs, and ECS says so (DG:deployment-type-ecs). */
  #tellIfHung(service: ServiceRecord, primary: DeploymentRecord, desired: number, actions: number): void {
    const tasks = [...service.tasks];
    const { totalMax } = deploymentBounds(desired, service.deploymentConfiguration);
    const missing = desired - this.#kept(service, primary).length;
    const total = tasks.filter((task) => isPending(task) || isRunning(task)).length;
    const inFlight = tasks.some((task) => isPending(task) || task.desiredStatus === 'STOPPED');
    const waiting = tasks.some((task) => !this.#isHealthy(task));
    if (actions > 0 || missing <= 0 || total < totalMax || inFlight || waiting) return;
    this.#announcer.messageOnce(
      service,
      'hung',
      'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
      false,
    );
  }

  /** Removes what is drained, completes what is done, and tells the steady state. */
  #conclude(service: ServiceRecord, primary: DeploymentRecord, desired: number): void {
    const { kernel } = this.#ctx;
    const counted = [...service.tasks].filter((task) => isPending(task) || isRunning(task));
    service.deployments = service.deployments.filter(
      (deployment) => deployment === primary || counted.some((task) => task.deployment === deployment),
    );
    if (service.status === 'DRAINING') {
      if (service.tasks.size === 0) this.#becomeInactive(service);
      return;
    }
    const kept = this.#kept(service, primary);
    const settled =
      service.deployments.length === 1 &&
      kept.length === desired &&
      counted.length === desired &&
      kept.every((task) => this.#isHealthy(task));
    if (!settled) {
      service.steady = false;
      service.steadyTimer?.cancel();
      if (primary.bakeTimer) {
        primary.bakeTimer.cancel();
        primary.bakeTimer = undefined;
      }
      return;
    }
    if (primary.rolloutState === 'IN_PROGRESS') {
      const givenMs = (service.deploymentConfiguration.bakeTimeInMinutes ?? 0) * 60_000;
      const bakeMs = givenMs > 0 || !watchedByAlarms(service, this.#ctx) ? givenMs : this.#alarms.bakeMs;
      if (bakeMs > 0 && !primary.baked) {
        primary.bakeTimer ??= kernel.after(bakeMs, 'ecs-bake', () => {
          primary.bakeTimer = undefined;
          primary.baked = true;
          this.#pass(service, 'change');
        });
        return;
      }
      this.#complete(service, primary);
    }
    if (primary.rolloutState !== 'COMPLETED' || service.steady) return;
    service.steady = true;
    service.placementBlocked = false;
    this.#announcer.forget(service, 'placement');
    this.#announcer.forget(service, 'hung');
    this.#tellSteady(service);
  }

  #tellSteady(service: ServiceRecord): void {
    this.#announcer.message(service, 'has reached a steady state.');
    this.#announcer.serviceAction(service, 'SERVICE_STEADY_STATE', 'INFO');
    if (service.capacityProviderStrategy.length > 0) {
      const providers = service.capacityProviderStrategy.map(({ capacityProvider }) => capacityProvider);
      this.#announcer.serviceAction(service, 'CAPACITY_PROVIDER_STEADY_STATE', 'INFO', {
        capacityProviderArns: providers.map((provider) => this.#arns.capacityProvider(provider)),
      });
    }
    service.steadyTimer = this.#ctx.kernel.afterAws(this.#ctx.fidelity.ecs.repeatedEventMs, 'ecs-steady', () => {
      if (service.steady && service.status === 'ACTIVE') this.#tellSteady(service);
    });
  }

  #complete(service: ServiceRecord, deployment: DeploymentRecord): void {
    const nowMs = this.#ctx.kernel.now();
    this.#alarms.end(deployment);
    deployment.rolloutState = 'COMPLETED';
    deployment.rolloutStateReason = `ECS deployment ${deployment.id} completed.`;
    deployment.updatedAtMs = nowMs;
    if (deployment.rollbackOf) this.#move(deployment.rollbackOf, 'ROLLBACK_SUCCESSFUL');
    else this.#move(deployment, 'SUCCESSFUL');
    deployment.rollbackOf = undefined;
    service.lastCompleted = deployment;
    this.#announcer.message(service, `(deployment ${deployment.id}) deployment completed.`);
    this.#announcer.deployment(
      deployment,
      'SERVICE_DEPLOYMENT_COMPLETED',
      'INFO',
      `ECS deployment ${deployment.id} completed.`,
    );
  }

  /** The breaker or an alarm has tripped, or somebody asked for a rollback. Without a completed deployment to return to, the service is stalled. */
  #fail(service: ServiceRecord, failed: DeploymentRecord, why: Failure): void {
    const nowMs = this.#ctx.kernel.now();
    const { deploymentCircuitBreaker: breaker, alarms } = service.deploymentConfiguration;
    const says = why.by === 'wish' ? undefined : failureTexts[why.by];
    failed.bakeTimer?.cancel();
    this.#alarms.end(failed);
    failed.failedBy = why.by;
    failed.rolloutState = 'FAILED';
    failed.rolloutStateReason = says?.state ?? why.reason ?? '';
    failed.updatedAtMs = nowMs;
    service.retryTimer?.cancel();
    service.retryTimer = undefined;
    if (says) {
      this.#announcer.message(service, `(deployment ${failed.id}) deployment failed: ${says.message}.`);
      this.#announcer.deployment(failed, 'SERVICE_DEPLOYMENT_FAILED', 'ERROR', says.event);
    }
    const target = service.lastCompleted;
    // Each method has a rollback of its own; a person's wish is one.
    const wanted = why.by === 'wish' || (why.by === 'alarm' ? alarms?.rollback : breaker?.rollback) === true;
    if (!wanted || !target || target === failed || failed.rollbackOf) {
      const failedRollback = failed.rollbackOf;
      if (failedRollback) {
        this.#move(failedRollback, 'ROLLBACK_FAILED', failed.rolloutStateReason);
        failed.rollbackOf = undefined;
        // What could not be returned to is no deployment that completed any more.
        service.lastCompleted = undefined;
      } else {
        this.#move(failed, 'STOP_REQUESTED', failed.rolloutStateReason);
      }
      this.wake(service);
      return;
    }
    const reason = why.reason ?? `${says?.rollingBack} rolling back to deploymentId ${target.id}.`;
    this.#move(failed, 'ROLLBACK_REQUESTED', failed.rolloutStateReason);
    failed.rollbackReason = reason;
    failed.rollbackStartedAtMs = nowMs;
    failed.rollbackToRevisionId = target.serviceRevisionId;
    failed.desiredCount = this.#wanted(service, failed).length;
    target.rollbackOf = failed;
    target.rolloutState = 'IN_PROGRESS';
    target.rolloutStateReason = reason;
    target.failedTasks = 0;
    target.failedResolutions = 0;
    target.failedRounds = 0;
    target.notBeforeMs = 0;
    target.anyRunning = false;
    target.baked = false;
    target.failedBy = undefined;
    target.updatedAtMs = nowMs;
    target.desiredCount = service.desiredCount;
    service.deployments = [target, ...service.deployments.filter((deployment) => deployment !== target)];
    service.taskDefinition = target.taskDefinition;
    service.networkConfiguration = target.networkConfiguration;
    service.loadBalancers = target.loadBalancers;
    service.steady = false;
    this.#announcer.message(service, `rolling back to deployment ${target.id}.`);
    this.#announcer.deployment(target, 'SERVICE_DEPLOYMENT_IN_PROGRESS', 'INFO', reason);
    this.#alarms.begin(target);
    this.wake(service);
  }

  #becomeInactive(service: ServiceRecord): void {
    service.status = 'INACTIVE';
    for (const deployment of service.deployments) this.#alarms.end(deployment);
    service.steadyTimer?.cancel();
    service.retryTimer?.cancel();
    service.deployments = [];
    this.#ctx.kernel.record('ecs-service-deleted', { service: service.name });
    this.#ctx.kernel.afterAws(this.#ctx.fidelity.ecs.stoppedRetentionMs, 'ecs-forget-service', () => {
      if (service.cluster.services.get(service.name) === service) service.cluster.services.delete(service.name);
    });
  }

  // Judgements.

  /** Tasks of a deployment that are not told to stop. */
  #wanted(service: ServiceRecord, deployment: DeploymentRecord): readonly TaskRecord[] {
    return [...service.tasks].filter((task) => task.deployment === deployment && task.desiredStatus === 'RUNNING');
  }

  /** Those of them that are to stay: neither unhealthy nor on a draining instance. */
  #kept(service: ServiceRecord, deployment: DeploymentRecord): readonly TaskRecord[] {
    return this.#wanted(service, deployment).filter((task) => !this.#isUnhealthy(task) && !this.#isLeaving(task));
  }

  #isLeaving(task: TaskRecord): boolean {
    return task.instance?.status === 'DRAINING';
  }

  #isProtected(task: TaskRecord): boolean {
    return task.protectedUntilMs !== undefined && task.protectedUntilMs > this.#ctx.kernel.now();
  }

  /** Whether protection keeps the task from being replaced: from a deployment for certain, from all else perhaps (DG:task-scale-in-protection). */
  #isHeld(task: TaskRecord): boolean {
    if (!this.#isProtected(task)) return false;
    const { protectionHoldsUnhealthy, protectionHoldsDraining } = this.#ctx.fidelity.ecs;
    if (this.#isUnhealthy(task)) return protectionHoldsUnhealthy;
    return this.#isLeaving(task) ? protectionHoldsDraining : true;
  }

  /** Counts for the minimum: by its checks where it has some, and after 40 s of RUNNING where it has none (BC:ecs.DeploymentConfiguration). */
  #isHealthy(task: TaskRecord): boolean {
    if (task.lastStatus !== 'RUNNING') return false;
    const checked = hasHealthCheck(task.taskDefinition);
    if (checked && checkedHealth(task) !== 'HEALTHY') return false;
    if (task.targetGroups.size > 0) return this.#engineOf().targetHealth(task) === 'healthy';
    return checked || task.waited;
  }

  #isUnhealthy(task: TaskRecord): boolean {
    if (task.lastStatus !== 'RUNNING' || task.startedAtMs === undefined) return false;
    const ill =
      (hasHealthCheck(task.taskDefinition) && checkedHealth(task) === 'UNHEALTHY') ||
      (task.targetGroups.size > 0 && this.#engineOf().targetHealth(task) === 'unhealthy');
    if (!ill) return false;
    const graceMs = (task.service?.healthCheckGracePeriodSeconds ?? 0) * 1000;
    const leftMs = task.startedAtMs + graceMs - this.#ctx.kernel.now();
    if (leftMs <= 0) return true;
    this.#wakeAfterGrace(task, leftMs);
    return false;
  }

  readonly #inGrace = new WeakSet<TaskRecord>();

  /** Nothing changes when the grace period ends, so a timer must wake the service. */
  #wakeAfterGrace(task: TaskRecord, leftMs: number): void {
    if (this.#inGrace.has(task)) return;
    this.#inGrace.add(task);
    this.#ctx.kernel.after(leftMs, 'ecs-grace-over', () => {
      this.#inGrace.delete(task);
      this.healthChanged(task);
    });
  }

  #engineOf(): TaskEngine {
    if (!this.#engine) throw new Error('the scheduler has no engine yet');
    return this.#engine;
  }
}
