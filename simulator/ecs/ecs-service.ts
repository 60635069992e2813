import type { Attribute, RunTaskRequest } from '@aws-sdk/client-ecs';
import { AwsError } from '../cloud/aws-error.ts';
import type {
  CredentialIssuer,
  ImageSource,
  ManagedMachine,
  SubnetSource,
  TargetRegistry,
  TaskRuntime,
} from '../cloud/ports.ts';
import type { ServiceContext, SimulatedService } from '../cloud/service.ts';
import { type EcsAction, ecsActions } from './actions.ts';
import { Announcer } from './announcer.ts';
import { EcsArns, lastPart } from './arns.ts';
import { EcsFaults } from './faults.ts';
import { LaunchRates } from './launch-rates.ts';
import type { ClusterRecord, InstanceRecord, ServiceRecord, TaskDefinitionRecord, TaskRecord } from './model.ts';
import { Scheduler } from './scheduler.ts';
import { Staleness } from './staleness.ts';
import { TaskEngine } from './task-engine.ts';
import { Throttle, type ThrottleCategory } from './throttle.ts';

export interface EcsPorts {
  readonly runtime: TaskRuntime;
  readonly images: ImageSource;
  readonly credentials: CredentialIssuer;
  readonly targets: TargetRegistry;
  /** Left out: no subnet is ever full. */
  readonly subnets?: SubnetSource;
}

/** A call of RunTask that may be repeated with its client token. */
export interface RunOnce {
  readonly input: RunTaskRequest;
  readonly taskIds: readonly string[];
}

export interface ExternalInstance {
  readonly cluster: string;
  /** `mi-…`, as Systems Manager names the machine. */
  readonly managedInstanceId: string;
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly attributes?: readonly Attribute[];
  /** From which calls of its tasks reach AWS: `aws:SourceIp`. Left out: policies see none. */
  readonly publicAddress?: string;
}

/** Amazon ECS: clusters, task definitions, external instances, services and tasks. */
export class EcsService implements SimulatedService {
  readonly name = 'ecs';
  readonly actions: SimulatedService['actions'];
  readonly ctx: ServiceContext;
  readonly arns: EcsArns;
  readonly announcer: Announcer;
  readonly scheduler: Scheduler;
  readonly engine: TaskEngine;
  readonly staleness: Staleness;
  readonly faults: EcsFaults;
  readonly launchRates: LaunchRates;
  readonly #throttle: Throttle;
  readonly clusters = new Map<string, ClusterRecord>();
  /** What RunTask answered to each client token, for as long as AWS keeps it. */
  readonly runTokens = new Map<string, RunOnce>();
  /** Revisions of each family, the first at index 0. */
  readonly families = new Map<string, TaskDefinitionRecord[]>();

  constructor(ctx: ServiceContext, ports: EcsPorts) {
    this.ctx = ctx;
    this.arns = new EcsArns(ctx.region, ctx.accountId);
    this.announcer = new Announcer(ctx, this.arns);
    this.faults = new EcsFaults(this);
    this.launchRates = new LaunchRates(ctx.kernel);
    this.scheduler = new Scheduler(ctx, this.arns, this.announcer, this.launchRates);
    this.engine = new TaskEngine(ctx, this.arns, this.announcer, ports, this.scheduler, this.faults);
    this.scheduler.attach(this.engine);
    this.staleness = new Staleness(ctx);
    this.#throttle = new Throttle(ctx.kernel);
    this.actions = Object.fromEntries(
      Object.entries(ecsActions).map(([name, { category, definition }]): [string, EcsAction['definition']] => [
        name,
        {
          ...definition,
          run: (service, input, call) => {
            this.faults.admitCall();
            this.throttle(category);
            return definition.run(service, input, call);
          },
        },
      ]),
    );
  }

  /** Takes from a bucket of the API's request rates. @throws AwsError `ThrottlingException` */
  throttle(category: ThrottleCategory): void {
    if (this.ctx.fidelity.ecs.throttling) this.#throttle.take(category);
  }

  /** Adds a machine to a cluster, as the agent does when it registers. @returns the ARN of the container instance */
  registerExternalInstance(machine: ExternalInstance): string {
    const cluster = this.clusterOf(machine.cluster);
    const { kernel } = this.ctx;
    const id = kernel.hex('ecs.container-instance', 32);
    const given = machine.attributes ?? [];
    const defaults: readonly Attribute[] = [
      { name: 'ecs.capability.external' },
      { name: 'ecs.cpu-architecture', value: 'x86_64' },
      { name: 'ecs.os-type', value: 'linux' },
      { name: 'ecs.os-family', value: 'LINUX' },
      { name: 'ecs.capability.container-health-check' },
      { name: 'ecs.capability.execution-role-awslogs' },
      { name: 'ecs.capability.execution-role-ecr-pull' },
      { name: 'ecs.capability.secrets.asm.environment-variables' },
      { name: 'ecs.capability.secrets.ssm.environment-variables' },
      { name: 'com.amazonaws.ecs.capability.ecr-auth' },
      { name: 'com.amazonaws.ecs.capability.logging-driver.json-file' },
      { name: 'com.amazonaws.ecs.capability.logging-driver.awslogs' },
      { name: 'com.amazonaws.ecs.capability.task-iam-role' },
    ];
    const instance: InstanceRecord = {
      id,
      arn: this.arns.instance(cluster.name, id),
      managedInstanceId: machine.managedInstanceId,
      publicAddress: machine.publicAddress,
      cluster,
      status: 'ACTIVE',
      agentConnected: true,
      linked: true,
      linkChangedAtMs: kernel.now(),
      linkTimer: undefined,
      giveUpTimer: undefined,
      version: 1,
      registeredAtMs: kernel.now(),
      cpuUnits: machine.cpuUnits,
      memoryMiB: machine.memoryMiB,
      attributes: [...defaults.filter(({ name }) => !given.some((other) => other.name === name)), ...given],
      tags: [],
      tasks: new Set(),
      images: new Set(),
      unheard: [],
      undelivered: [],
    };
    cluster.instances.set(id, instance);
    kernel.record('ecs-instance', { instance: machine.managedInstanceId, registered: true });
    this.announcer.instance(instance);
    this.scheduler.capacityChanged(cluster);
    this.#flapSoon(instance);
    return instance.arn;
  }

  /**
   * Cuts or mends the link between a machine and AWS. The control plane notices a cut only after a while; a mended link
   * carries at once what both sides have missed.
   */
  setLinked(managedInstanceId: string, linked: boolean): void {
    const { kernel, fidelity } = this.ctx;
    for (const instance of this.#instances(managedInstanceId)) {
      instance.linkTimer?.cancel();
      kernel.record('ecs-link', { instance: managedInstanceId, linked });
      if (linked) {
        instance.linkTimer = kernel.afterAws(fidelity.ecs.reconnectMs, 'ecs-reconnect', () => {
          instance.linked = true;
          instance.linkChangedAtMs = kernel.now();
          if (!instance.agentConnected) this.#setConnected(instance, true);
          this.engine.reconnected(instance);
        });
      } else {
        instance.linked = false;
        instance.linkChangedAtMs = kernel.now();
        instance.linkTimer = kernel.afterAws(fidelity.ecs.disconnectDetectionMs, 'ecs-disconnect', () => {
          if (instance.agentConnected) this.#setConnected(instance, false);
        });
      }
    }
  }

  /**
   * Whether calls of a session of a task's role reach AWS: a cut link carries nothing of the tasks behind it either.
   * A session of anybody else does.
   */
  reaches(sessionName: string): boolean {
    for (const cluster of this.clusters.values()) {
      const task = cluster.tasks.get(sessionName);
      if (task) return task.instance?.linked ?? true;
    }
    return true;
  }

  /** The agent drops its connection and returns, as it does several times an hour: nothing is lost (DG:ecs_container_instance_events). */
  flapAgent(managedInstanceId: string, forMs: number): void {
    for (const instance of this.#instances(managedInstanceId)) {
      if (!instance.agentConnected || !instance.linked) continue;
      this.#setConnected(instance, false);
      this.ctx.kernel.afterAws(forMs, 'ecs-agent-flap', () => {
        if (instance.linked && !instance.agentConnected) this.#setConnected(instance, true);
      });
    }
  }

  /** Flaps as a healthy agent does, at irregular times, for as long as the instance is registered. */
  #flapSoon(instance: InstanceRecord): void {
    const { kernel, fidelity } = this.ctx;
    const { agentFlapsPerHour, agentFlapMs } = fidelity.ecs;
    if (agentFlapsPerHour <= 0) return;
    const delayMs = (2 * kernel.draw('ecs.agent-flap') * 3_600_000) / agentFlapsPerHour;
    kernel.afterAws(delayMs, 'ecs-agent-flaps', () => {
      if (instance.status === 'INACTIVE') return;
      this.flapAgent(instance.managedInstanceId, agentFlapMs);
      this.#flapSoon(instance);
    });
  }

  /** The machines of all clusters, as Systems Manager sees them. */
  *managedMachines(): Generator<ManagedMachine> {
    for (const cluster of this.clusters.values())
      for (const { managedInstanceId, registeredAtMs, linked, linkChangedAtMs } of cluster.instances.values())
        yield { id: managedInstanceId, registeredMs: registeredAtMs, isLinked: linked, linkChangedMs: linkChangedAtMs };
  }

  /** Each task in `awsvpc` mode holds one address of its first subnet from when it is provisioned until it has stopped. */
  addressesIn(subnetId: string): number {
    let count = 0;
    for (const cluster of this.clusters.values())
      for (const { lastStatus, networkConfiguration } of cluster.tasks.values()) {
        const hasInterface = lastStatus !== 'PROVISIONING' && lastStatus !== 'STOPPED';
        if (hasInterface && networkConfiguration?.awsvpcConfiguration?.subnets?.[0] === subnetId) count += 1;
      }
    return count;
  }

  *#instances(managedInstanceId: string): Generator<InstanceRecord> {
    for (const cluster of this.clusters.values()) {
      for (const instance of cluster.instances.values()) {
        if (instance.managedInstanceId === managedInstanceId) yield instance;
      }
    }
  }

  #setConnected(instance: InstanceRecord, connected: boolean): void {
    instance.agentConnected = connected;
    for (const task of instance.tasks) task.connectivityAtMs = this.ctx.kernel.now();
    this.engine.instanceChanged(instance);
    instance.giveUpTimer?.cancel();
    if (connected) {
      this.scheduler.capacityChanged(instance.cluster);
      return;
    }
    const { giveUpTasksMs } = this.ctx.fidelity.ecs;
    if (giveUpTasksMs === Number.POSITIVE_INFINITY) return;
    instance.giveUpTimer = this.ctx.kernel.afterAws(giveUpTasksMs, 'ecs-give-up', () => {
      for (const task of [...instance.tasks]) this.engine.giveUp(task, instance);
    });
  }

  // Looking things up, with AWS's errors.

  /** @throws AwsError `ClusterNotFoundException` */
  clusterOf(reference: string | undefined): ClusterRecord {
    const cluster = this.clusters.get(lastPart(reference ?? 'default'));
    if (cluster?.status !== 'ACTIVE') throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
    return cluster;
  }

  /** @throws AwsError `ServiceNotFoundException` */
  serviceOf(cluster: ClusterRecord, reference: string | undefined): ServiceRecord {
    const service = cluster.services.get(lastPart(reference ?? ''));
    if (!service) throw new AwsError('ServiceNotFoundException', 'Service not found.');
    return service;
  }

  /** By family (its newest ACTIVE revision), family and revision, or ARN. */
  findTaskDefinition(reference: string | undefined): TaskDefinitionRecord | undefined {
    const [family = '', revision] = lastPart(reference ?? '').split(':');
    const revisions = this.families.get(family) ?? [];
    if (revision === undefined) return revisions.findLast(({ status }) => status === 'ACTIVE');
    return revisions[Number(revision) - 1];
  }

  /** What tasks can be started from. @throws AwsError `ClientException` */
  usableTaskDefinition(reference: string | undefined): TaskDefinitionRecord {
    const found = this.findTaskDefinition(reference);
    if (!found) throw new AwsError('ClientException', 'TaskDefinition not found.');
    if (found.status !== 'ACTIVE') throw new AwsError('ClientException', 'TaskDefinition is inactive');
    return found;
  }

  findInstance(cluster: ClusterRecord, reference: string | undefined): InstanceRecord | undefined {
    return cluster.instances.get(lastPart(reference ?? ''));
  }

  findTask(cluster: ClusterRecord, reference: string | undefined): TaskRecord | undefined {
    return cluster.tasks.get(lastPart(reference ?? ''));
  }
}
