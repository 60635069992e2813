import type { NetworkConfiguration, Tag, TaskOverride } from '@aws-sdk/client-ecs';
import { AwsError } from '../cloud/aws-error.ts';
import type {
  ContainerSpec,
  CredentialIssuer,
  ImageSource,
  SessionCredentials,
  SubnetSource,
  TargetRegistry,
  TaskEvents,
  TaskRuntime,
} from '../cloud/ports.ts';
import type { ServiceContext } from '../cloud/service.ts';
import { answerTask } from './agent-api.ts';
import type { Announcer } from './announcer.ts';
import type { EcsArns } from './arns.ts';
import type { FargateProvider } from './capacity-providers.ts';
import { ContainerPreparation, type Prepared, TaskStartError } from './container-start.ts';
import type { EcsFaults } from './faults.ts';
import { HealthChecks } from './health-checks.ts';
import type {
  AgentSide,
  ClusterRecord,
  ContainerRecord,
  DeploymentRecord,
  InstanceRecord,
  LaunchType,
  ServiceRecord,
  StopCode,
  TaskDefinitionRecord,
  TaskRecord,
} from './model.ts';
import { hasHealthCheck } from './model.ts';

export interface NewTask {
  readonly cluster: ClusterRecord;
  readonly taskDefinition: TaskDefinitionRecord;
  readonly launchType: LaunchType;
  readonly capacityProvider?: FargateProvider;
  readonly instance: InstanceRecord | undefined;
  readonly service?: ServiceRecord;
  readonly deployment?: DeploymentRecord;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly overrides?: TaskOverride;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  readonly enableExecuteCommand: boolean;
  readonly tags: readonly Tag[];
}

/** Who wants to know what becomes of tasks: the service scheduler. */
export interface TaskListener {
  running(task: TaskRecord): void;
  /** Somebody, or AWS, stops a task that its service still wants. */
  stopping(task: TaskRecord): void;
  stopped(task: TaskRecord): void;
  healthChanged(task: TaskRecord): void;
  /** An instance has more room, or can be reached again. */
  capacityChanged(cluster: ClusterRecord): void;
}

const defaultStopTimeoutSeconds = 30;

/**
 * Carries tasks from their placement to STOPPED. An external task has two sides: what the agent does on the machine, and
 * what the control plane has heard. While the link is cut the first goes on and the second stands still.
 */
export class TaskEngine {
  readonly #ctx: ServiceContext;
  readonly #arns: EcsArns;
  readonly #announcer: Announcer;
  readonly #runtime: TaskRuntime;
  readonly #credentials: CredentialIssuer;
  readonly #targets: TargetRegistry;
  readonly #subnets: SubnetSource | undefined;
  readonly #preparation: ContainerPreparation;
  readonly #health: HealthChecks;
  readonly #listener: TaskListener;
  readonly #byAddress = new Map<string, TaskRecord>();
  #addresses = 0;
  readonly #fargateUnits: Record<FargateProvider, number> = { FARGATE: 0, FARGATE_SPOT: 0 };
  readonly #faults: EcsFaults;

  constructor(
    ctx: ServiceContext,
    arns: EcsArns,
    announcer: Announcer,
    ports: {
      readonly runtime: TaskRuntime;
      readonly images: ImageSource;
      readonly credentials: CredentialIssuer;
      readonly targets: TargetRegistry;
      readonly subnets?: SubnetSource;
    },
    listener: TaskListener,
    faults: EcsFaults,
  ) {
    this.#ctx = ctx;
    this.#faults = faults;
    this.#arns = arns;
    this.#announcer = announcer;
    this.#runtime = ports.runtime;
    this.#credentials = ports.credentials;
    this.#targets = ports.targets;
    this.#subnets = ports.subnets;
    this.#listener = listener;
    this.#preparation = new ContainerPreparation(ctx, ports.images);
    this.#health = new HealthChecks(ctx.kernel, (task, container, status) => {
      this.#report(task, () => {
        container.healthStatus = status;
        this.#listener.healthChanged(task);
      });
    });
    ports.targets.onHealth((_targetGroupArn, targetId) => {
      const task = this.#byAddress.get(targetId);
      if (task) this.#listener.healthChanged(task);
    });
  }

  /** Why Fargate cannot run one more task: its capacity, or the account's quota of vCPUs. Undefined where it can. */
  fargateRefusal(taskDefinition: TaskDefinitionRecord, provider: FargateProvider = 'FARGATE'): string | undefined {
    if (this.#faults.lacks(provider)) {
      return 'Capacity is unavailable at this time. Please try again later or in a different availability zone';
    }
    return this.#fargateUnits[provider] + taskDefinition.cpuUnits <= this.#ctx.fidelity.ecs.fargateVcpus * 1024
      ? undefined
      : "You've reached the limit on the number of vCPUs you can run concurrently";
  }

  /** Creates a task that has been placed, and starts it. */
  launch(request: NewTask): TaskRecord {
    const { kernel, fidelity } = this.#ctx;
    const id = kernel.hex('ecs.task', 32);
    const fargate = request.launchType === 'FARGATE';
    const task: TaskRecord = {
      id,
      arn: this.#arns.task(request.cluster.name, id),
      cluster: request.cluster,
      taskDefinition: request.taskDefinition,
      launchType: request.launchType,
      capacityProvider: request.capacityProvider,
      instance: request.instance,
      service: request.service,
      deployment: request.deployment,
      round: request.deployment?.round ?? 0,
      group: request.group,
      startedBy: request.startedBy,
      overrides: request.overrides ?? {},
      networkConfiguration: request.networkConfiguration,
      enableExecuteCommand: request.enableExecuteCommand,
      containers: request.taskDefinition.containers.map((definition) => ({
        definition,
        id: kernel.uuid('ecs.container'),
        lastStatus: 'PENDING',
        exitCode: undefined,
        reason: undefined,
        runtimeId: undefined,
        imageDigest: undefined,
        healthStatus: 'UNKNOWN',
      })),
      privateAddress: fargate ? this.#newAddress() : undefined,
      attachmentId: fargate ? kernel.uuid('ecs.attachment') : undefined,
      slowness: fargate ? fidelity.ecs.fargateSlowness((name) => kernel.draw(name)) : 1,
      tags: structuredClone(request.tags) as Tag[],
      lastStatus: fargate ? 'PROVISIONING' : 'PENDING',
      desiredStatus: 'RUNNING',
      version: 1,
      stopCode: undefined,
      stoppedReason: undefined,
      createdAtMs: kernel.now(),
      connectivityAtMs: undefined,
      pullStartedAtMs: undefined,
      pullStoppedAtMs: undefined,
      startedAtMs: undefined,
      stoppingAtMs: undefined,
      executionStoppedAtMs: undefined,
      stoppedAtMs: undefined,
      timer: undefined,
      agent: undefined,
      waited: false,
      seenHealthy: false,
      counted: false,
      targetGroups: new Set(),
      protectedUntilMs: undefined,
      orphaned: false,
    };
    task.cluster.tasks.set(id, task);
    task.service?.tasks.add(task);
    if (task.privateAddress) this.#byAddress.set(task.privateAddress, task);
    this.#announcer.task(task);
    if (fargate) {
      this.#fargateUnits[task.capacityProvider ?? 'FARGATE'] += task.taskDefinition.cpuUnits;
      task.timer = kernel.afterAws(task.slowness * fidelity.ecs.fargateProvisioningMs, 'ecs-provision', () => {
        task.connectivityAtMs = kernel.now();
        const full = this.#fullSubnet(task);
        if (full) {
          this.#failToStart(task, full);
          return undefined;
        }
        this.#advance(task, 'PENDING');
        return this.#begin(task);
      });
    } else if (task.instance) {
      task.instance.tasks.add(task);
      this.#instanceChanged(task.instance);
      this.#deliver(task, () => {
        task.connectivityAtMs = kernel.now();
        this.#beginSoon(task);
      });
    }
    return task;
  }

  /**
   * Tells a task to stop. What the control plane decides shows at once (`desiredStatus`); the containers learn of it
   * after the targets have drained, and on an external instance when the link allows.
   */
  stop(task: TaskRecord, stopCode: StopCode, reason: string): void {
    if (task.desiredStatus === 'STOPPED') return;
    const { kernel } = this.#ctx;
    task.desiredStatus = 'STOPPED';
    task.stopCode = stopCode;
    task.stoppedReason = reason;
    task.stoppingAtMs = kernel.now();
    if (task.targetGroups.size > 0) {
      this.#advance(task, 'DEACTIVATING');
      this.#drainTargets(task, () => this.#stopContainers(task));
    } else {
      const unreachable = task.instance?.linked === false && task.lastStatus === 'RUNNING';
      this.#advance(task, unreachable ? this.#ctx.fidelity.ecs.unreachableStopShows : task.lastStatus);
      this.#stopContainers(task);
    }
    if (stopCode !== 'ServiceSchedulerInitiated') this.#listener.stopping(task);
  }

  /** ECS counts a task of a lost instance no longer. Its containers go on until the agent is back and does not find it in its manifest. */
  giveUp(task: TaskRecord, instance: InstanceRecord): void {
    const { agent } = task;
    this.#health.end(agent);
    task.orphaned = true;
    task.timer?.cancel();
    if (agent && !agent.over) instance.undelivered.push(() => this.#stopAgent(task, agent));
    if (task.desiredStatus === 'RUNNING') {
      task.desiredStatus = 'STOPPED';
      task.stopCode = 'InfrastructureHealth';
      task.stoppedReason = `Host EC2 (instance ${instance.managedInstanceId}) terminated.`;
      task.stoppingAtMs = this.#ctx.kernel.now();
    }
    this.#finish(task);
  }

  /** The control plane forgets a task whose instance was deregistered by force; its containers go on (DG:ecs-anywhere-deregistration). */
  abandon(task: TaskRecord): void {
    task.orphaned = true;
    this.#health.end(task.agent);
    // Nobody looks after the containers any more: no check, no stop.
    if (task.agent) task.agent.stopping = true;
    task.timer?.cancel();
    task.desiredStatus = 'STOPPED';
    task.stopCode ??= 'UserInitiated';
    task.stoppedReason ??= 'Container instance deregistration forced by user';
    task.stoppingAtMs ??= this.#ctx.kernel.now();
    this.#finish(task);
  }

  /** The agent can talk to ECS again: it hears what it missed, and tells what was not heard, in order. */
  reconnected(instance: InstanceRecord): void {
    for (const tell of instance.unheard.splice(0)) tell();
    for (const deliver of instance.undelivered.splice(0)) deliver();
  }

  instanceChanged(instance: InstanceRecord): void {
    this.#instanceChanged(instance);
  }

  /** Whether every target group of the task's service calls it healthy; true where there is none. */
  targetHealth(task: TaskRecord): 'healthy' | 'unhealthy' | 'waiting' {
    const healths = [...task.targetGroups].map((group) => this.#targets.health(group, task.privateAddress ?? ''));
    if (healths.includes('unhealthy')) return 'unhealthy';
    return healths.every((health) => health === 'healthy') ? 'healthy' : 'waiting';
  }

  unhealthyTargetGroup(task: TaskRecord): string | undefined {
    return [...task.targetGroups].find(
      (group) => this.#targets.health(group, task.privateAddress ?? '') === 'unhealthy',
    );
  }

  #newAddress(): string {
    // 10.0.16.0 to 10.0.255.255, used in turn; an address in use is skipped.
    for (;;) {
      const host = 0x1000 + (this.#addresses++ % 0xf000);
      const address = `10.0.${host >> 8}.${host & 0xff}`;
      if (!this.#byAddress.has(address)) return address;
    }
  }

  /** Sends something to the agent: at once, or when the link is there again. */
  #deliver(task: TaskRecord, action: () => void): void {
    if (task.orphaned) return;
    if (task.instance && !task.instance.linked) task.instance.undelivered.push(() => this.#deliver(task, action));
    else action();
  }

  /** The agent tells something about a task: heard at once, or when the link is there again. */
  #report(task: TaskRecord, heard: () => void): void {
    if (task.orphaned || task.lastStatus === 'STOPPED') return;
    if (task.instance && !task.instance.linked) task.instance.unheard.push(() => this.#report(task, heard));
    else heard();
  }

  #advance(task: TaskRecord, status: TaskRecord['lastStatus']): void {
    task.lastStatus = status;
    task.version += 1;
    this.#announcer.task(task);
  }

  #instanceChanged(instance: InstanceRecord): void {
    instance.version += 1;
    this.#announcer.instance(instance);
  }

  #beginSoon(task: TaskRecord): void {
    task.timer = this.#ctx.kernel.after(0, 'ecs-task-received', () => this.#begin(task));
  }

  /** The agent has the task: it fetches secrets and image names, pulls, and starts. */
  async #begin(task: TaskRecord): Promise<void> {
    const { kernel, fidelity } = this.#ctx;
    if (task.desiredStatus === 'STOPPED' || task.orphaned) return;
    if (task.instance && !task.instance.linked) {
      // Secrets and layers come over the same link: the agent tries again when it is back.
      task.instance.undelivered.push(() => this.#deliver(task, () => this.#beginSoon(task)));
      return;
    }
    task.pullStartedAtMs ??= kernel.now();
    let prepared: Prepared;
    try {
      prepared = await this.#preparation.prepare(task);
    } catch (error) {
      if (!(error instanceof TaskStartError)) throw error;
      if (this.#stoppedMeanwhile(task)) return;
      task.timer = kernel.afterAws(this.#pullMs(task, undefined), 'ecs-pull', () => {
        this.#report(task, () => this.#failToStart(task, error));
      });
      return;
    }
    if (this.#stoppedMeanwhile(task)) return;
    const pullMs = this.#pullMs(task, prepared);
    task.timer = kernel.afterAws(pullMs, 'ecs-pull', () => {
      if (pullMs > 0 && task.instance && !task.instance.linked) return this.#begin(task);
      task.pullStoppedAtMs = kernel.now();
      for (const image of prepared.images.values()) task.instance?.images.add(image.digest);
      task.timer = kernel.afterAws(fidelity.ecs.containerStartMs, 'ecs-start', () => {
        this.#startContainers(task, prepared);
      });
      return undefined;
    });
  }

  /**
   * Why a task gets no network interface: "the subnet doesn't have enough IP addresses". The choice among several subnets
   * is undocumented; here it is always the first.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
   */
  #fullSubnet(task: TaskRecord): TaskStartError | undefined {
    const network = task.networkConfiguration?.awsvpcConfiguration;
    const [subnet] = network?.subnets ?? [];
    if (subnet === undefined || this.#subnets?.hasFreeAddress(subnet) !== false) return undefined;
    const assigned = network?.assignPublicIp === 'ENABLED' ? 'enabled' : 'disabled';
    return new TaskStartError(
      `Unexpected EC2 error while attempting to Create Network Interface with public IP assignment ${assigned} in subnet '${subnet}': InsufficientFreeAddressesInSubnet`,
    );
  }

  #stoppedMeanwhile(task: TaskRecord): boolean {
    return task.desiredStatus === 'STOPPED' || task.orphaned;
  }

  /** Fargate pulls for every task; a machine keeps what it has pulled once. */
  #pullMs(task: TaskRecord, prepared: Prepared | undefined): number {
    const { fargatePullMs, externalPullMs } = this.#ctx.fidelity.ecs;
    const factor = this.#faults.pullFactor(task.launchType);
    const { instance } = task;
    if (!instance) return task.slowness * fargatePullMs * factor;
    if (!prepared) return externalPullMs * factor;
    const held = [...prepared.images.values()].every((image) => instance.images.has(image.digest));
    return held ? 0 : externalPullMs * factor;
  }

  #failToStart(task: TaskRecord, error: TaskStartError): void {
    const container = task.containers.find(({ definition }) => definition.name === error.containerName);
    if (container) container.reason = error.message;
    if (error.unresolved && task.deployment) task.deployment.failedResolutions += 1;
    if (task.desiredStatus === 'RUNNING') {
      task.desiredStatus = 'STOPPED';
      task.stopCode = 'TaskFailedToStart';
      task.stoppedReason = error.message;
      task.stoppingAtMs = this.#ctx.kernel.now();
    }
    this.#end(task);
  }

  #startContainers(task: TaskRecord, prepared: Prepared): void {
    if (this.#stoppedMeanwhile(task)) return;
    for (const container of task.containers) {
      container.imageDigest = prepared.images.get(container.definition.name ?? '')?.digest;
    }
    const events: TaskEvents = {
      started: (name) => this.#started(task, name),
      failedToStart: (name, errorName, message) => {
        const error = new TaskStartError(`${errorName}: ${message}`, { containerName: name });
        const { agent } = task;
        if (agent) agent.over = true;
        this.#health.end(agent);
        // First why, then the end of the other containers: the exits that follow say nothing new.
        this.#report(task, () => this.#failToStart(task, error));
        agent?.runtime.kill();
      },
      exited: (name, exitCode) => this.#exited(task, name, exitCode),
    };
    let credentials: (() => SessionCredentials) | undefined;
    try {
      credentials = this.#taskCredentials(task);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const role = task.overrides.taskRoleArn ?? task.taskDefinition.input.taskRoleArn;
      const reason = `ECS was unable to assume the role '${role}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;
      this.#report(task, () => this.#failToStart(task, new TaskStartError(reason)));
      return;
    }
    // A runtime may report from within `start`; those reports wait until the task has its agent's side.
    const early: (() => void)[] = [];
    let ready = false;
    const later =
      <Args extends readonly unknown[]>(handle: (...args: Args) => void) =>
      (...args: Args): void => {
        if (ready) handle(...args);
        else early.push(() => handle(...args));
      };
    const runtime = this.#runtime.start(
      {
        taskArn: task.arn,
        launchType: task.launchType,
        family: task.taskDefinition.family,
        revision: task.taskDefinition.revision,
        serviceName: task.service?.name,
        managedInstanceId: task.instance?.managedInstanceId,
        containers: task.containers.map((container) => this.#containerSpec(task, container, prepared)),
        credentials,
        agent: (request) => answerTask(this.#ctx, task, credentials, request),
      },
      {
        started: later(events.started),
        failedToStart: later(events.failedToStart),
        exited: later(events.exited),
      },
    );
    task.agent = { runtime, exited: new Map(), healthTimers: new Map(), stopping: false, over: false };
    ready = true;
    for (const report of early) report();
  }

  #containerSpec(task: TaskRecord, container: ContainerRecord, prepared: Prepared): ContainerSpec {
    const { definition } = container;
    const name = definition.name ?? '';
    const override = task.overrides.containerOverrides?.find((candidate) => candidate.name === name);
    const image = prepared.images.get(name);
    const stream = prepared.streams.get(name);
    const environment: Record<string, string> = {
      AWS_EXECUTION_ENV: task.launchType === 'FARGATE' ? 'AWS_ECS_FARGATE' : 'AWS_ECS_EC2',
    };
    if (task.launchType === 'FARGATE') {
      environment.AWS_DEFAULT_REGION = this.#ctx.region;
      environment.AWS_REGION = this.#ctx.region;
    }
    for (const { name: key, value } of [...(definition.environment ?? []), ...(override?.environment ?? [])]) {
      if (key) environment[key] = value ?? '';
    }
    Object.assign(environment, prepared.secrets.get(name));
    return {
      name,
      image: definition.image ?? '',
      repository: image?.repository ?? '',
      digest: image?.digest ?? '',
      entryPoint: definition.entryPoint?.length ? [...definition.entryPoint] : undefined,
      command: (override?.command ?? definition.command)?.length
        ? [...((override?.command ?? definition.command) as string[])]
        : undefined,
      workingDirectory: definition.workingDirectory,
      environment,
      containerPorts: (definition.portMappings ?? []).flatMap(({ containerPort }) => containerPort ?? []),
      log: (line) => {
        if (stream) this.#log(task, stream, line);
      },
    };
  }

  /** The log driver of a machine without a link keeps its lines and sends them later; bounds of AWS are undocumented. */
  #log(task: TaskRecord, stream: { readonly group: string; readonly stream: string }, message: string): void {
    const { instance } = task;
    if (!instance || instance.linked) this.#ctx.log({ ...stream, message });
    else if (this.#ctx.fidelity.ecs.keepsLogsWithoutLink && instance.unheard.length < 10_000)
      instance.unheard.push(() => this.#ctx.log({ ...stream, message }));
  }

  #taskCredentials(task: TaskRecord): (() => SessionCredentials) | undefined {
    const roleArn = task.overrides.taskRoleArn ?? task.taskDefinition.input.taskRoleArn;
    if (!roleArn) return undefined;
    // The agent serves the last ones it was sent.
    const lifetimeMs = this.#ctx.kernel.paced(this.#ctx.fidelity.ecs.taskCredentialsMs);
    const issue = () => this.#credentials.issue(roleArn, task.id, lifetimeMs, task.instance?.publicAddress);
    let last = issue();
    return () => {
      // New ones are pushed to the agent well before the old expire: without a link it has only the last ones.
      const old = last.expiration.getTime() - this.#ctx.kernel.now() < lifetimeMs / 2;
      if (old && (!task.instance || task.instance.linked)) {
        last = issue();
      }
      return last;
    };
  }

  #started(task: TaskRecord, name: string): void {
    const { agent } = task;
    const container = task.containers.find(({ definition }) => definition.name === name);
    if (!agent || !container || agent.over) return;
    this.#health.begin(task, agent, container);
    this.#report(task, () => {
      if (container.lastStatus === 'PENDING') {
        container.lastStatus = 'RUNNING';
        container.runtimeId = `${task.id}-${container.id.slice(0, 8)}`;
      }
      const pending =
        task.lastStatus === 'PENDING' && task.containers.every(({ lastStatus }) => lastStatus !== 'PENDING');
      if (pending && task.desiredStatus === 'RUNNING') this.#becomeRunning(task);
    });
  }

  #becomeRunning(task: TaskRecord): void {
    const { kernel, fidelity } = this.#ctx;
    task.startedAtMs = kernel.now();
    for (const { targetGroupArn, containerPort = 0 } of task.deployment?.loadBalancers ?? []) {
      const { agent } = task;
      if (!targetGroupArn || !task.privateAddress || !agent) continue;
      task.targetGroups.add(targetGroupArn);
      this.#targets.register(targetGroupArn, {
        id: task.privateAddress,
        port: containerPort,
        request: (request) => agent.runtime.request(containerPort, request),
      });
    }
    this.#advance(task, 'RUNNING');
    this.#listener.running(task);
    if (task.targetGroups.size > 0 || hasHealthCheck(task.taskDefinition)) return;
    kernel.afterAws(fidelity.ecs.healthyAfterMs, 'ecs-healthy-wait', () => {
      task.waited = true;
      if (task.lastStatus === 'RUNNING') this.#listener.healthChanged(task);
    });
  }

  /** On the machine: the end of an essential container ends the others, whoever hears of it. */
  #exited(task: TaskRecord, name: string, exitCode: number): void {
    const { agent } = task;
    if (!agent || agent.exited.has(name)) return;
    agent.exited.set(name, exitCode);
    agent.healthTimers.get(name)?.cancel();
    const container = task.containers.find(({ definition }) => definition.name === name);
    const essential = container?.definition.essential !== false;
    const all = agent.exited.size === task.containers.length;
    if (essential && !all && !agent.stopping) {
      agent.stopping = true;
      agent.runtime.stop(stopTimeoutMs(task));
    }
    if (all) agent.over = true;
    this.#report(task, () => {
      if (container) {
        container.lastStatus = 'STOPPED';
        container.exitCode = exitCode;
      }
      if (essential && task.desiredStatus === 'RUNNING') {
        task.desiredStatus = 'STOPPED';
        task.stopCode = 'EssentialContainerExited';
        task.stoppedReason = 'Essential container in task exited';
        task.stoppingAtMs = this.#ctx.kernel.now();
        if (!all) this.#advance(task, task.lastStatus);
      }
      if (task.containers.every(({ lastStatus }) => lastStatus === 'STOPPED')) this.#end(task);
    });
  }

  #drainTargets(task: TaskRecord, drained: () => void): void {
    const groups = [...task.targetGroups];
    task.targetGroups.clear();
    let left = groups.length;
    for (const group of groups) {
      this.#targets.deregister(group, task.privateAddress ?? '', () => {
        left -= 1;
        if (left === 0) drained();
      });
    }
  }

  #stopContainers(task: TaskRecord): void {
    this.#deliver(task, () => {
      if (task.lastStatus === 'STOPPED' || task.lastStatus === 'DEPROVISIONING') return;
      const { agent } = task;
      if (!agent) {
        // Nothing runs yet: the agent drops the task.
        task.timer?.cancel();
        this.#end(task);
        return;
      }
      if (agent.over) return;
      // What Fargate is doing shows in the status; an external agent tells only the end (DG:task-lifecycle-explanation).
      if (task.launchType === 'FARGATE') this.#advance(task, 'STOPPING');
      this.#stopAgent(task, agent);
    });
  }

  #stopAgent(task: TaskRecord, agent: AgentSide): void {
    if (agent.stopping) return;
    agent.stopping = true;
    this.#health.end(agent);
    agent.runtime.stop(stopTimeoutMs(task));
  }

  /** The containers have ended, or never were. */
  #end(task: TaskRecord): void {
    if (task.lastStatus === 'STOPPED' || task.lastStatus === 'DEPROVISIONING') return;
    const { kernel, fidelity } = this.#ctx;
    this.#health.end(task.agent);
    if (task.agent) task.executionStoppedAtMs = kernel.now();
    if (task.targetGroups.size > 0) this.#drainTargets(task, () => {});
    for (const container of task.containers) container.lastStatus = 'STOPPED';
    if (task.launchType === 'FARGATE') {
      this.#advance(task, 'DEPROVISIONING');
      task.timer = kernel.afterAws(fidelity.ecs.fargateDeprovisioningMs, 'ecs-deprovision', () => this.#finish(task));
    } else {
      this.#finish(task);
    }
  }

  #finish(task: TaskRecord): void {
    if (task.lastStatus === 'STOPPED') return;
    const { kernel, fidelity } = this.#ctx;
    task.stoppedAtMs = kernel.now();
    if (task.privateAddress) this.#byAddress.delete(task.privateAddress);
    if (task.launchType === 'FARGATE') {
      this.#fargateUnits[task.capacityProvider ?? 'FARGATE'] -= task.taskDefinition.cpuUnits;
    }
    task.instance?.tasks.delete(task);
    task.service?.tasks.delete(task);
    this.#advance(task, 'STOPPED');
    if (task.instance) this.#instanceChanged(task.instance);
    kernel.afterAws(fidelity.ecs.stoppedRetentionMs, 'ecs-forget-task', () => {
      task.cluster.tasks.delete(task.id);
    });
    this.#listener.stopped(task);
    this.#listener.capacityChanged(task.cluster);
  }
}

/** The longest grace of the task's containers, as their definitions state it. */
const stopTimeoutMs = (task: TaskRecord): number =>
  1000 * Math.max(...task.containers.map(({ definition }) => definition.stopTimeout ?? defaultStopTimeoutSeconds));
