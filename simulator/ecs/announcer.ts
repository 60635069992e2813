import type { EventKind } from '../cloud/event-kinds.ts';
import type { ServiceContext } from '../cloud/service.ts';
import type { EcsArns } from './arns.ts';
import type { DeploymentRecord, InstanceRecord, ServiceRecord, TaskRecord } from './model.ts';
import { instanceView, taskView } from './views.ts';

const moreInformation = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

/** Everything ECS tells the outside: events on the bus and the messages of `service.events`. */
export class Announcer {
  readonly #ctx: ServiceContext;
  readonly #arns: EcsArns;

  constructor(ctx: ServiceContext, arns: EcsArns) {
    this.#ctx = ctx;
    this.#arns = arns;
  }

  /** A new version of a task, on the bus. `healthStatus` is not in the event (DG:ecs_task_events). */
  task(task: TaskRecord): void {
    const { healthStatus: _health, tags: _tags, containers, ...view } = taskView(this.#arns, task, []);
    this.#ctx.kernel.record('ecs-task', {
      task: task.id,
      service: task.service?.name,
      status: task.lastStatus,
      desired: task.desiredStatus,
      ...(task.stopCode && { stopCode: task.stopCode, reason: task.stoppedReason }),
    });
    this.#emit('ECS Task State Change', task.arn, {
      ...view,
      containers: containers?.map(({ healthStatus: _containerHealth, ...container }) => container),
      // Events name the type of the attachment shortly.
      attachments: view.attachments?.map((attachment) => ({ ...attachment, type: 'eni' })),
      updatedAt: new Date(this.#ctx.kernel.now()),
    });
  }

  instance(instance: InstanceRecord): void {
    const view = instanceView(instance, []);
    this.#emit('ECS Container Instance State Change', instance.arn, {
      agentConnected: view.agentConnected,
      attributes: view.attributes,
      clusterArn: instance.cluster.arn,
      containerInstanceArn: view.containerInstanceArn,
      ec2InstanceId: view.ec2InstanceId,
      registeredAt: view.registeredAt,
      registeredResources: view.registeredResources?.map(resourceInEvent),
      remainingResources: view.remainingResources?.map(resourceInEvent),
      status: view.status,
      version: view.version,
      versionInfo: view.versionInfo,
      updatedAt: new Date(this.#ctx.kernel.now()),
    });
  }

  deployment(deployment: DeploymentRecord, eventName: string, eventType: 'INFO' | 'ERROR', reason: string): void {
    this.#ctx.kernel.record('ecs-deployment', { service: deployment.service.name, id: deployment.id, eventName });
    this.#emit(this.#ctx.fidelity.ecs.deploymentEventsAs, deployment.service.arn, {
      eventType,
      eventName,
      deploymentId: deployment.id,
      updatedAt: new Date(this.#ctx.kernel.now()),
      reason,
    });
  }

  serviceAction(
    service: ServiceRecord,
    eventName: string,
    eventType: 'INFO' | 'WARN' | 'ERROR',
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    this.#ctx.kernel.record('ecs-service', { service: service.name, eventName, ...more });
    this.#emit('ECS Service Action', service.arn, {
      eventType,
      eventName,
      clusterArn: service.cluster.arn,
      ...more,
      createdAt: new Date(this.#ctx.kernel.now()),
    });
  }

  /** Adds a message to `service.events`. */
  message(service: ServiceRecord, text: string): void {
    const { kernel } = this.#ctx;
    service.events.unshift({
      id: kernel.uuid('ecs.service-event'),
      createdAtMs: kernel.now(),
      message: `(service ${service.name}) ${text}`,
    });
    if (service.events.length > 100) service.events.length = 100;
  }

  /**
   * As `message`, but a duplicate is left out until its cause has gone (`forget`) or six hours have passed.
   * @returns whether it was told.
   */
  messageOnce(service: ServiceRecord, cause: string, text: string, withHelp = true): boolean {
    const nowMs = this.#ctx.kernel.now();
    const last = service.told.get(cause);
    const repeatMs = this.#ctx.kernel.paced(this.#ctx.fidelity.ecs.repeatedEventMs);
    if (last?.message === text && nowMs - last.atMs < repeatMs) return false;
    service.told.set(cause, { message: text, atMs: nowMs });
    this.message(service, withHelp ? `${text} ${moreInformation}` : text);
    return true;
  }

  forget(service: ServiceRecord, cause: string): void {
    service.told.delete(cause);
  }

  #emit(detailType: EventKind, resource: string, detail: Readonly<Record<string, unknown>>): void {
    this.#ctx.emit({
      source: 'aws.ecs',
      detailType,
      resources: [resource],
      // Events carry ISO strings where the API carries times (DG:ecs_task_events).
      detail: JSON.parse(JSON.stringify(detail)) as Record<string, unknown>,
      delivery: 'durable',
    });
  }
}

/** Events carry only the member that holds the value. */
const resourceInEvent = (resource: {
  readonly name?: string;
  readonly type?: string;
  readonly integerValue?: number;
  readonly stringSetValue?: readonly string[];
}): Record<string, unknown> => ({
  name: resource.name,
  type: resource.type,
  ...(resource.type === 'INTEGER'
    ? { integerValue: resource.integerValue }
    : { stringSetValue: resource.stringSetValue }),
});
