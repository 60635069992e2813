import type {
  Listener as ApiListener,
  LoadBalancer as ApiLoadBalancer,
  Rule as ApiRule,
  TargetGroup as ApiTargetGroup,
  AvailabilityZone,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ServiceContext } from '../cloud/service.ts';
import type { Listener, LoadBalancer, Rule } from './model.ts';
import { describeAction } from './routing-action.ts';
import { describeCondition } from './rule-condition.ts';
import type { TargetGroup } from './target-group.ts';

/** Hosted zone of application load balancers in us-east-1 (general reference, elb). */
const hostedZone = 'Z35SXDOTRQ7X7K';

/** The local cloud has no subnets with zones: the first lies in zone a, the second in b. */
export const zonesOf = (ctx: ServiceContext, { subnets }: LoadBalancer): AvailabilityZone[] =>
  subnets.map((SubnetId, index) => ({
    ZoneName: `${ctx.region}${String.fromCharCode(97 + (index % 26))}`,
    SubnetId,
    LoadBalancerAddresses: [],
  }));

export const describeLoadBalancer = (ctx: ServiceContext, loadBalancer: LoadBalancer): ApiLoadBalancer => ({
  LoadBalancerArn: loadBalancer.arn,
  DNSName: loadBalancer.dnsName,
  CanonicalHostedZoneId: hostedZone,
  CreatedTime: new Date(loadBalancer.createdMs),
  LoadBalancerName: loadBalancer.name,
  Scheme: loadBalancer.scheme,
  State: { Code: 'active' },
  Type: 'application',
  AvailabilityZones: zonesOf(ctx, loadBalancer),
  SecurityGroups: [...loadBalancer.securityGroups],
  IpAddressType: loadBalancer.ipAddressType as ApiLoadBalancer['IpAddressType'],
});

/** `loadBalancerArns`: those whose listeners lead to the group. */
export const describeTargetGroup = (group: TargetGroup, loadBalancerArns: readonly string[]): ApiTargetGroup => ({
  TargetGroupArn: group.arn,
  TargetGroupName: group.name,
  Protocol: 'HTTP',
  Port: group.port,
  VpcId: group.vpcId,
  HealthCheckProtocol: 'HTTP',
  HealthCheckPort: 'traffic-port',
  HealthCheckEnabled: true,
  HealthCheckIntervalSeconds: group.healthCheck.intervalSeconds,
  HealthCheckTimeoutSeconds: group.healthCheck.timeoutSeconds,
  HealthyThresholdCount: group.healthCheck.healthyThreshold,
  UnhealthyThresholdCount: group.healthCheck.unhealthyThreshold,
  HealthCheckPath: group.healthCheck.path,
  Matcher: { HttpCode: group.healthCheck.matcher },
  LoadBalancerArns: [...loadBalancerArns],
  TargetType: 'ip',
  ProtocolVersion: 'HTTP1',
  IpAddressType: group.ipAddressType as ApiTargetGroup['IpAddressType'],
});

export const describeListener = (listener: Listener, defaultRule: Rule): ApiListener => ({
  ListenerArn: listener.arn,
  LoadBalancerArn: listener.loadBalancer.arn,
  Port: listener.port,
  Protocol: 'HTTP',
  DefaultActions: [describeAction(defaultRule.action)],
});

export const describeRule = (rule: Rule): ApiRule => ({
  RuleArn: rule.arn,
  Priority: rule.priority === undefined ? 'default' : String(rule.priority),
  Conditions: rule.conditions.map(describeCondition),
  Actions: [describeAction(rule.action)],
  IsDefault: rule.priority === undefined,
});
