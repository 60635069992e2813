import { AwsError, notModelled } from '../cloud/aws-error.ts';
import type { ActionDefinition, EmittedEvent, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { createConnection } from './actions/create-connection.ts';
import { createEventBus } from './actions/create-event-bus.ts';
import { deauthorizeConnection } from './actions/deauthorize-connection.ts';
import { deleteConnection } from './actions/delete-connection.ts';
import { deleteEventBus } from './actions/delete-event-bus.ts';
import { deleteRule } from './actions/delete-rule.ts';
import { describeConnection } from './actions/describe-connection.ts';
import { describeEventBus } from './actions/describe-event-bus.ts';
import { describeRule } from './actions/describe-rule.ts';
import { disableRule } from './actions/disable-rule.ts';
import { enableRule } from './actions/enable-rule.ts';
import { listConnections } from './actions/list-connections.ts';
import { listEventBuses } from './actions/list-event-buses.ts';
import { listRuleNamesByTarget } from './actions/list-rule-names-by-target.ts';
import { listRules } from './actions/list-rules.ts';
import { listTagsForResource } from './actions/list-tags-for-resource.ts';
import { listTargetsByRule } from './actions/list-targets-by-rule.ts';
import { putEvents } from './actions/put-events.ts';
import { putPermission } from './actions/put-permission.ts';
import { putRule } from './actions/put-rule.ts';
import { putTargets } from './actions/put-targets.ts';
import { removePermission } from './actions/remove-permission.ts';
import { removeTargets } from './actions/remove-targets.ts';
import { tagResource } from './actions/tag-resource.ts';
import { testEventPattern } from './actions/test-event-pattern.ts';
import { untagResource } from './actions/untag-resource.ts';
import { updateConnection } from './actions/update-connection.ts';
import { updateEventBus } from './actions/update-event-bus.ts';
import type { Connection } from './connection.ts';
import { checkRequest } from './constraints.ts';
import { Delivery } from './delivery.ts';
import { busNotFound, ruleNotFound } from './errors.ts';
import type { BusEvent, EventBus, EventEnvelope, Rule } from './model.ts';
import { type EventFields, eventFields } from './pattern/event-fields.ts';

export const defaultBus = 'default';

/** What the bus needs to know of an event to make its envelope. */
export interface Envelope {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
  readonly timeMs?: number;
}

/** Amazon EventBridge: buses, rules and targets ("Custom Event Bus – Classic"). */
export class EventsService implements SimulatedService {
  readonly name = 'events';
  readonly ctx: ServiceContext;
  readonly buses = new Map<string, EventBus>();
  readonly connections = new Map<string, Connection>();
  readonly #listeners: ((event: EventEnvelope) => void)[] = [];

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<EventsService, any, any>>> = {
    CreateConnection: createConnection,
    CreateEventBus: createEventBus,
    DeauthorizeConnection: deauthorizeConnection,
    DeleteConnection: deleteConnection,
    DeleteEventBus: deleteEventBus,
    DeleteRule: deleteRule,
    DescribeConnection: describeConnection,
    DescribeEventBus: describeEventBus,
    DescribeRule: describeRule,
    DisableRule: disableRule,
    EnableRule: enableRule,
    ListConnections: listConnections,
    ListEventBuses: listEventBuses,
    ListRuleNamesByTarget: listRuleNamesByTarget,
    ListRules: listRules,
    ListTagsForResource: listTagsForResource,
    ListTargetsByRule: listTargetsByRule,
    PutEvents: putEvents,
    PutPermission: putPermission,
    PutRule: putRule,
    PutTargets: putTargets,
    RemovePermission: removePermission,
    RemoveTargets: removeTargets,
    TagResource: tagResource,
    TestEventPattern: testEventPattern,
    UntagResource: untagResource,
    UpdateConnection: updateConnection,
    UpdateEventBus: updateEventBus,
  };

  readonly checkRequest = checkRequest;

  constructor(ctx: ServiceContext) {
    this.ctx = ctx;
    this.addBus(defaultBus);
  }

  /** Tells `listener` of every event at the moment at which it is put, before lag and rules. For those who watch, not for targets. */
  onEvent(listener: (event: EventEnvelope) => void): void {
    this.#listeners.push(listener);
  }

  /** Puts an event of an AWS service on the default bus. Best-effort events may get lost there. */
  deliver(event: EmittedEvent): void {
    const { kernel, fidelity } = this.ctx;
    const lossShare = fidelity.events.bestEffortLossShare;
    if (event.delivery === 'best-effort' && lossShare > 0 && kernel.draw('event-loss') < lossShare) {
      kernel.record('event-dropped', { source: event.source, detailType: event.detailType });
      return;
    }
    this.publish(defaultBus, event);
  }

  /** Puts an event on a bus. @returns its id */
  publish(busName: string, envelope: Envelope): string {
    const { kernel, fidelity } = this.ctx;
    const event = this.#envelope(envelope);
    const { id } = event;
    kernel.record('event', { id, bus: busName, source: envelope.source, detailType: envelope.detailType });
    const jitterMs = fidelity.events.orderJitterMs;
    const lagMs = fidelity.eventLagMs + (jitterMs > 0 ? jitterMs * kernel.draw('event-jitter') : 0);
    kernel.afterAws(lagMs, 'event-arrives', () => this.#arrive(busName, event));
    return id;
  }

  /** Puts an event of one bus on another as it is: with its id, its time and its source. */
  passOn(busName: string, event: BusEvent): void {
    const { kernel, fidelity } = this.ctx;
    kernel.record('event-passed-on', { id: event.id, bus: busName });
    kernel.afterAws(fidelity.eventLagMs, 'event-arrives', () => this.#arrive(busName, event));
  }

  #envelope(given: Envelope): BusEvent {
    const { kernel, accountId, region } = this.ctx;
    const envelope: EventEnvelope = {
      version: '0',
      id: kernel.uuid('event-id'),
      'detail-type': given.detailType,
      source: given.source,
      account: accountId,
      time: seconds(given.timeMs ?? kernel.now()),
      region,
      resources: given.resources,
      detail: given.detail,
    };
    const json = JSON.stringify(envelope);
    for (const listener of this.#listeners) listener(JSON.parse(json) as EventEnvelope);
    return { id: envelope.id, json, ingestedAt: seconds(kernel.now()) };
  }

  #arrive(busName: string, event: BusEvent): void {
    const bus = this.buses.get(busName);
    if (!bus) return;
    let fields: EventFields | undefined;
    for (const rule of bus.rules.values()) {
      if (rule.state === 'DISABLED' || !rule.pattern) continue;
      fields ??= eventFields(event.json);
      if (rule.pattern.matches(fields)) this.#trigger(rule, event);
    }
  }

  #trigger(rule: Rule, event: BusEvent): void {
    const { kernel, fidelity } = this.ctx;
    const { duplicateShare, duplicateCopies, lossShare, orderJitterMs } = fidelity.events;
    this.ctx.metric({
      namespace: 'AWS/Events',
      name: 'TriggeredRules',
      dimensions: { RuleName: rule.name },
      value: 1,
      unit: 'Count',
    });
    for (const target of rule.targets.values()) {
      if (lossShare > 0 && kernel.draw('event-loss') < lossShare) {
        kernel.record('event-lost-on-the-way', { id: event.id, rule: rule.name, target: target.Id });
        continue;
      }
      const delivery = new Delivery(this.ctx, rule, target, event);
      kernel.after(0, 'event-delivery', () => delivery.run());
      if (duplicateShare > 0 && kernel.draw('event-duplicate') < duplicateShare) {
        kernel.record('event-duplicated', { id: event.id, rule: rule.name, target: target.Id });
        for (let copy = 2; copy <= duplicateCopies; copy += 1) {
          const again = new Delivery(this.ctx, rule, target, event);
          const jitterMs = orderJitterMs > 0 ? orderJitterMs * kernel.draw('event-jitter') : 0;
          kernel.afterAws(fidelity.eventLagMs + jitterMs, 'event-delivery', () => again.run());
        }
      }
    }
  }

  /** Arms (again) the timer of a rule with a schedule; a disabled rule has none. */
  arm(rule: Rule): void {
    const { kernel } = this.ctx;
    rule.timer?.cancel();
    rule.timer = undefined;
    if (rule.state === 'DISABLED' || !rule.schedule) return;
    const at = rule.schedule.next(kernel.now());
    if (at === undefined) return;
    rule.timer = kernel.after(at - kernel.now(), 'schedule', () => {
      this.arm(rule);
      const event = this.#envelope({
        source: 'aws.events',
        detailType: 'Scheduled Event',
        resources: [rule.arn],
        detail: {},
      });
      kernel.record('schedule-fired', { rule: rule.name, id: event.id });
      this.#trigger(rule, event);
    });
  }

  addBus(name: string): EventBus {
    const arn = `arn:aws:events:${this.ctx.region}:${this.ctx.accountId}:event-bus/${name}`;
    const createdMs = this.ctx.kernel.now();
    const bus: EventBus = {
      name,
      arn,
      createdMs,
      modifiedMs: createdMs,
      settings: {},
      policy: undefined,
      rules: new Map(),
      tags: new Map(),
    };
    this.buses.set(name, bus);
    return bus;
  }

  /** `nameOrArn` as callers give it; the default bus when left out. @throws AwsError */
  bus(nameOrArn: string | undefined): EventBus {
    const name = busNameOf(nameOrArn);
    const bus = this.buses.get(name);
    if (!bus) throw busNotFound(name);
    return bus;
  }

  /** @throws AwsError */
  connection(name: string | undefined): Connection {
    const connection = this.connections.get(name ?? '');
    if (!connection)
      throw new AwsError(
        'ResourceNotFoundException',
        `Failed to describe the connection(s). Connection '${name}' does not exist.`,
      );
    return connection;
  }

  /** @throws AwsError */
  rule(name: string | undefined, busName: string | undefined): Rule {
    const bus = this.bus(busName);
    const rule = bus.rules.get(name ?? '');
    if (!rule) throw ruleNotFound(name ?? '', bus.name);
    return rule;
  }

  /** The rule's ARN, existing or not: IAM is asked before existence is. */
  ruleArn(name: string | undefined, busName: string | undefined): string {
    const bus = busNameOf(busName);
    const path = bus === defaultBus ? name : `${bus}/${name}`;
    return `arn:aws:events:${this.ctx.region}:${this.ctx.accountId}:rule/${path}`;
  }

  /** The tags of the bus or the rule that an ARN names. @throws AwsError */
  tagsOf(arn: string | undefined): Map<string, string> {
    const unmodelled = /:(archive|replay|api-destination|endpoint|event-source)\//.exec(arn ?? '')?.[1];
    if (unmodelled) throw notModelled(`tags on a resource of the kind '${unmodelled}' of EventBridge`);
    if (arn?.includes(':event-bus/')) return this.bus(arn).tags;
    const path = arn?.split(':rule/')[1]?.split('/') ?? [];
    return (path.length > 1 ? this.rule(path[1], path[0]) : this.rule(path[0], defaultBus)).tags;
  }
}

export const busNameOf = (nameOrArn: string | undefined): string =>
  nameOrArn?.split(':event-bus/').at(-1) ?? defaultBus;

/** A time in an envelope: ISO 8601 without fractions of a second. */
const seconds = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;
