import type { LoadBalancerTarget, TargetRegistry } from '../cloud/ports.ts';
import type { ActionDefinition, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { addTags } from './actions/add-tags.ts';
import { createListener } from './actions/create-listener.ts';
import { createLoadBalancer } from './actions/create-load-balancer.ts';
import { createRule } from './actions/create-rule.ts';
import { createTargetGroup } from './actions/create-target-group.ts';
import { deleteListener } from './actions/delete-listener.ts';
import { deleteLoadBalancer } from './actions/delete-load-balancer.ts';
import { deleteRule } from './actions/delete-rule.ts';
import { deleteTargetGroup } from './actions/delete-target-group.ts';
import { deregisterTargets } from './actions/deregister-targets.ts';
import { describeListeners } from './actions/describe-listeners.ts';
import { describeLoadBalancerAttributes } from './actions/describe-load-balancer-attributes.ts';
import { describeLoadBalancers } from './actions/describe-load-balancers.ts';
import { describeRules } from './actions/describe-rules.ts';
import { describeTags } from './actions/describe-tags.ts';
import { describeTargetGroupAttributes } from './actions/describe-target-group-attributes.ts';
import { describeTargetGroups } from './actions/describe-target-groups.ts';
import { describeTargetHealth } from './actions/describe-target-health.ts';
import { modifyListener } from './actions/modify-listener.ts';
import { modifyLoadBalancerAttributes } from './actions/modify-load-balancer-attributes.ts';
import { modifyRule } from './actions/modify-rule.ts';
import { modifyTargetGroup } from './actions/modify-target-group.ts';
import { modifyTargetGroupAttributes } from './actions/modify-target-group-attributes.ts';
import { registerTargets } from './actions/register-targets.ts';
import { removeTags } from './actions/remove-tags.ts';
import { setRulePriorities } from './actions/set-rule-priorities.ts';
import { setSecurityGroups } from './actions/set-security-groups.ts';
import { setSubnets } from './actions/set-subnets.ts';
import { elbErrors } from './errors.ts';
import type { Listener, LoadBalancer, Rule } from './model.ts';
import { Forwarding, fixedResponse, redirectResponse, ruleFor } from './request-forwarding.ts';
import { groupsOf, type RoutingAction } from './routing-action.ts';
import type { Health } from './target.ts';
import { TargetGroup, type TargetGroupOptions } from './target-group.ts';

/** Elastic Load Balancing (version 2) with application load balancers over HTTP and groups of IP targets. */
export class ElbService implements SimulatedService, TargetRegistry {
  readonly name = 'elasticloadbalancing';
  readonly ctx: ServiceContext;
  /** Each by ARN, in the order of their creation. */
  readonly loadBalancers = new Map<string, LoadBalancer>();
  readonly listeners = new Map<string, Listener>();
  readonly rules = new Map<string, Rule>();
  readonly targetGroups = new Map<string, TargetGroup>();
  readonly #forwarding: Forwarding;
  readonly #healthListeners: ((targetGroupArn: string, targetId: string) => void)[] = [];

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<ElbService, any, any>>> = {
    AddTags: addTags,
    CreateListener: createListener,
    CreateLoadBalancer: createLoadBalancer,
    CreateRule: createRule,
    CreateTargetGroup: createTargetGroup,
    DeleteListener: deleteListener,
    DeleteLoadBalancer: deleteLoadBalancer,
    DeleteRule: deleteRule,
    DeleteTargetGroup: deleteTargetGroup,
    DeregisterTargets: deregisterTargets,
    DescribeListeners: describeListeners,
    DescribeLoadBalancerAttributes: describeLoadBalancerAttributes,
    DescribeLoadBalancers: describeLoadBalancers,
    DescribeRules: describeRules,
    DescribeTags: describeTags,
    DescribeTargetGroupAttributes: describeTargetGroupAttributes,
    DescribeTargetGroups: describeTargetGroups,
    DescribeTargetHealth: describeTargetHealth,
    ModifyListener: modifyListener,
    ModifyLoadBalancerAttributes: modifyLoadBalancerAttributes,
    ModifyRule: modifyRule,
    ModifyTargetGroup: modifyTargetGroup,
    ModifyTargetGroupAttributes: modifyTargetGroupAttributes,
    RegisterTargets: registerTargets,
    RemoveTags: removeTags,
    SetRulePriorities: setRulePriorities,
    SetSecurityGroups: setSecurityGroups,
    SetSubnets: setSubnets,
  };

  constructor(ctx: ServiceContext) {
    this.ctx = ctx;
    this.#forwarding = new Forwarding(ctx, (arn) => this.targetGroups.get(arn));
  }

  // What the ECS service does without an API call.

  register(targetGroupArn: string, target: LoadBalancerTarget): void {
    const group = this.targetGroups.get(targetGroupArn);
    if (group) group.register(target);
    else this.ctx.kernel.record('elb.target-refused', { group: targetGroupArn, target: target.id });
  }

  deregister(targetGroupArn: string, targetId: string, done: () => void): void {
    const group = this.targetGroups.get(targetGroupArn);
    if (group) group.deregister(targetId, done);
    else this.ctx.kernel.after(0, 'elb.deregistered', done);
  }

  health(targetGroupArn: string, targetId: string): Health['state'] {
    return this.targetGroups.get(targetGroupArn)?.healthOf(targetId).state ?? 'unused';
  }

  /** Told are changes by health checks and by listeners; those by `register` and `deregister` are the caller's own. */
  onHealth(listener: (targetGroupArn: string, targetId: string) => void): void {
    this.#healthListeners.push(listener);
  }

  /**
   * A request as it reaches a load balancer's listener; where several have that port, the first that was made. Where
   * its body comes in pieces, `receivedMs` says when the last one came: the idle timeout counts from there.
   * @throws Error when no listener has the port: nobody would answer the connection.
   */
  async forward(listenerPort: number, request: Request, receivedMs?: () => number): Promise<Response> {
    const listener = [...this.listeners.values()].find(({ port }) => port === listenerPort);
    if (!listener) throw new Error(`no load balancer listens on port ${listenerPort}`);
    const incoming = { loadBalancer: listener.loadBalancer, port: listenerPort, request, receivedMs };
    const { action } = ruleFor(this.rulesOf(listener), request) ?? this.defaultRuleOf(listener);
    switch (action.kind) {
      case 'forward':
        return this.#forwarding.send(action, incoming);
      case 'fixed-response':
        return fixedResponse(action);
      case 'redirect':
        return redirectResponse(action, incoming);
    }
  }

  // What the actions share.

  /** `loadbalancer/app/web/0123456789abcdef` as an ARN. */
  arnOf(resource: string): string {
    return `arn:aws:elasticloadbalancing:${this.ctx.region}:${this.ctx.accountId}:${resource}`;
  }

  /** @throws AwsError `LoadBalancerNotFoundException` */
  loadBalancer(arn: string | undefined): LoadBalancer {
    const found = this.loadBalancers.get(arn ?? '');
    if (!found) throw elbErrors.loadBalancerNotFound(arn ?? '');
    return found;
  }

  /** @throws AwsError `ListenerNotFoundException` */
  listener(arn: string | undefined): Listener {
    const found = this.listeners.get(arn ?? '');
    if (!found) throw elbErrors.listenerNotFound();
    return found;
  }

  /** @throws AwsError `RuleNotFoundException` */
  rule(arn: string | undefined): Rule {
    const found = this.rules.get(arn ?? '');
    if (!found) throw elbErrors.ruleNotFound();
    return found;
  }

  /** @throws AwsError `TargetGroupNotFoundException` */
  targetGroup(arn: string | undefined): TargetGroup {
    const found = this.targetGroups.get(arn ?? '');
    if (!found) throw elbErrors.targetGroupNotFound();
    return found;
  }

  /** The tags of any resource. @throws AwsError when it does not exist. */
  tagsOf(arn: string | undefined): Map<string, string> {
    const kind = arn?.split(':')[5]?.split('/')[0];
    if (kind === 'loadbalancer') return this.loadBalancer(arn).tags;
    if (kind === 'listener') return this.listener(arn).tags;
    if (kind === 'listener-rule') return this.rule(arn).tags;
    if (kind === 'targetgroup') return this.targetGroup(arn).tags;
    throw elbErrors.validation(`'${arn ?? ''}' is not a valid load balancer, target group, listener or rule ARN`);
  }

  newTargetGroup(options: TargetGroupOptions): TargetGroup {
    const group = new TargetGroup(this.ctx.kernel, options, (targetId) => {
      for (const listener of this.#healthListeners) listener(options.arn, targetId);
    });
    this.targetGroups.set(options.arn, group);
    return group;
  }

  /** The rules of a listener by priority, its default rule last. */
  rulesOf(listener: Listener): readonly Rule[] {
    const last = Number.POSITIVE_INFINITY;
    return [...this.rules.values()]
      .filter((rule) => rule.listener === listener)
      .sort((a, b) => (a.priority === b.priority ? 0 : (a.priority ?? last) - (b.priority ?? last)));
  }

  defaultRuleOf(listener: Listener): Rule {
    const rule = this.rulesOf(listener).at(-1);
    if (!rule) throw new Error(`the listener ${listener.arn} has no default rule`);
    return rule;
  }

  /** The load balancers whose listeners lead to a group. */
  loadBalancersOf(targetGroupArn: string): readonly string[] {
    const users = [...this.rules.values()].filter(({ action }) => groupsOf(action).includes(targetGroupArn));
    return [...new Set(users.map(({ listener }) => listener.loadBalancer.arn))];
  }

  /** @throws AwsError when a group does not exist, or belongs to another load balancer already. */
  checkGroups(action: RoutingAction, loadBalancer: LoadBalancer): void {
    for (const arn of groupsOf(action)) {
      this.targetGroup(arn);
      if (this.loadBalancersOf(arn).some((other) => other !== loadBalancer.arn))
        throw elbErrors.targetGroupAssociationLimit(arn);
    }
  }

  deleteListener(listener: Listener): void {
    this.listeners.delete(listener.arn);
    for (const rule of this.rulesOf(listener)) this.rules.delete(rule.arn);
  }

  /** Begins and ends health checks after rules have changed: only groups that a listener leads to are checked. */
  refreshUse(): void {
    const used = new Set([...this.rules.values()].flatMap(({ action }) => groupsOf(action)));
    for (const group of this.targetGroups.values()) group.setUsed(used.has(group.arn));
  }
}
