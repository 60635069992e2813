import type { Attributes } from './attributes.ts';
import type { RoutingAction } from './routing-action.ts';
import type { RuleCondition } from './rule-condition.ts';

export interface LoadBalancer {
  readonly arn: string;
  readonly name: string;
  readonly dnsName: string;
  readonly scheme: 'internet-facing' | 'internal';
  readonly createdMs: number;
  readonly attributes: Attributes;
  readonly tags: Map<string, string>;
  /** The request that made it, to tell a repeated one from a different one. */
  readonly request: string;
  ipAddressType: string;
  subnets: readonly string[];
  securityGroups: readonly string[];
}

export interface Listener {
  readonly arn: string;
  readonly loadBalancer: LoadBalancer;
  readonly tags: Map<string, string>;
  readonly request: string;
  port: number;
}

export interface Rule {
  readonly arn: string;
  readonly listener: Listener;
  readonly tags: Map<string, string>;
  /** Lower numbers go first; undefined for a listener's default rule, which goes last. */
  priority: number | undefined;
  conditions: readonly RuleCondition[];
  action: RoutingAction;
}
