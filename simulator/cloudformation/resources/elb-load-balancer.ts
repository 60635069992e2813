import { list, pick, tagList, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

interface LoadBalancer {
  readonly LoadBalancerArn: string;
  readonly LoadBalancerName: string;
  readonly DNSName: string;
  readonly CanonicalHostedZoneId?: string;
}

const setAttributes = async (
  context: ResourceContext,
  LoadBalancerArn: string,
  properties: Properties,
): Promise<void> => {
  const Attributes = list(properties, 'LoadBalancerAttributes');
  if (Attributes.length > 0)
    await context.call('elasticloadbalancing', 'ModifyLoadBalancerAttributes', { LoadBalancerArn, Attributes });
};

export const elbLoadBalancer: ResourceProvider = {
  type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  properties: [
    'IpAddressType',
    'LoadBalancerAttributes',
    'Name',
    'Scheme',
    'SecurityGroups',
    'SubnetMappings',
    'Subnets',
    'Tags',
    'Type',
  ],
  attributes: [
    'CanonicalHostedZoneID',
    'DNSName',
    'LoadBalancerArn',
    'LoadBalancerFullName',
    'LoadBalancerName',
    'SecurityGroups',
  ],
  replacedBy: ['Name', 'Scheme', 'Type'],
  create: async (context, properties) => {
    const { LoadBalancers } = await context.call<{ LoadBalancers: readonly LoadBalancer[] }>(
      'elasticloadbalancing',
      'CreateLoadBalancer',
      {
        Name: text(properties, 'Name') ?? context.name({ maxLength: 32 }),
        ...pick(properties, 'IpAddressType', 'Scheme', 'SecurityGroups', 'SubnetMappings', 'Subnets', 'Type'),
        ...(properties.Tags === undefined ? {} : { Tags: tagList(properties) }),
      },
    );
    const made = LoadBalancers[0] as LoadBalancer;
    context.made(made.LoadBalancerArn);
    await setAttributes(context, made.LoadBalancerArn, properties);
    return {
      physicalId: made.LoadBalancerArn,
      attributes: {
        CanonicalHostedZoneID: made.CanonicalHostedZoneId ?? '',
        DNSName: made.DNSName,
        LoadBalancerArn: made.LoadBalancerArn,
        LoadBalancerFullName: made.LoadBalancerArn.split(':loadbalancer/')[1],
        LoadBalancerName: made.LoadBalancerName,
        SecurityGroups: list(properties, 'SecurityGroups'),
      },
    };
  },
  update: async (context, { before, properties, changed }) => {
    const LoadBalancerArn = before.physicalId;
    if (changed.has('LoadBalancerAttributes')) await setAttributes(context, LoadBalancerArn, properties);
    if (changed.has('SecurityGroups'))
      await context.call('elasticloadbalancing', 'SetSecurityGroups', {
        LoadBalancerArn,
        SecurityGroups: list(properties, 'SecurityGroups'),
      });
    if (changed.has('Subnets') || changed.has('SubnetMappings'))
      await context.call('elasticloadbalancing', 'SetSubnets', {
        LoadBalancerArn,
        ...pick(properties, 'SubnetMappings', 'Subnets'),
      });
    return before;
  },
  delete: async (context, existing) => {
    await context.call('elasticloadbalancing', 'DeleteLoadBalancer', { LoadBalancerArn: existing.physicalId });
  },
};
