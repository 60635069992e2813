import type { JsonObject } from '../json.ts';
import { flag, list, number, pick, tagList, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

const checks = ['HealthCheckPath', 'HealthCheckPort', 'HealthCheckProtocol', 'Matcher'];
const numbers = [
  'HealthCheckIntervalSeconds',
  'HealthCheckTimeoutSeconds',
  'HealthyThresholdCount',
  'UnhealthyThresholdCount',
];

/** What ModifyTargetGroup takes, and CreateTargetGroup too. */
const health = (properties: Properties): JsonObject => {
  const enabled = flag(properties, 'HealthCheckEnabled');
  return {
    ...pick(properties, ...checks),
    ...(enabled === undefined ? {} : { HealthCheckEnabled: enabled }),
    ...Object.fromEntries(
      numbers.filter((name) => properties[name] !== undefined).map((name) => [name, number(properties, name)]),
    ),
  };
};

const setAttributes = async (
  context: ResourceContext,
  TargetGroupArn: string,
  properties: Properties,
): Promise<void> => {
  const Attributes = list(properties, 'TargetGroupAttributes');
  if (Attributes.length > 0)
    await context.call('elasticloadbalancing', 'ModifyTargetGroupAttributes', { TargetGroupArn, Attributes });
};

const createOnly = ['IpAddressType', 'Name', 'Port', 'Protocol', 'ProtocolVersion', 'TargetType', 'VpcId'];

export const elbTargetGroup: ResourceProvider = {
  type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  properties: [...checks, ...numbers, ...createOnly, 'HealthCheckEnabled', 'Tags', 'TargetGroupAttributes'],
  attributes: ['LoadBalancerArns', 'TargetGroupArn', 'TargetGroupFullName', 'TargetGroupName'],
  replacedBy: createOnly,
  create: async (context, properties) => {
    const name = text(properties, 'Name') ?? context.name({ maxLength: 32 });
    const { TargetGroups } = await context.call<{ TargetGroups: readonly { TargetGroupArn: string }[] }>(
      'elasticloadbalancing',
      'CreateTargetGroup',
      {
        ...pick(properties, 'IpAddressType', 'Protocol', 'ProtocolVersion', 'TargetType', 'VpcId'),
        Name: name,
        ...(properties.Port === undefined ? {} : { Port: number(properties, 'Port') }),
        ...health(properties),
        ...(properties.Tags === undefined ? {} : { Tags: tagList(properties) }),
      },
    );
    const { TargetGroupArn } = TargetGroups[0] as { TargetGroupArn: string };
    context.made(TargetGroupArn);
    await setAttributes(context, TargetGroupArn, properties);
    return {
      physicalId: TargetGroupArn,
      attributes: {
        LoadBalancerArns: [],
        TargetGroupArn,
        TargetGroupFullName: TargetGroupArn.split(':').at(-1),
        TargetGroupName: name,
      },
    };
  },
  update: async (context, { before, properties, changed }) => {
    const TargetGroupArn = before.physicalId;
    if ([...checks, ...numbers, 'HealthCheckEnabled'].some((name) => changed.has(name)))
      await context.call('elasticloadbalancing', 'ModifyTargetGroup', { TargetGroupArn, ...health(properties) });
    if (changed.has('TargetGroupAttributes')) await setAttributes(context, TargetGroupArn, properties);
    return before;
  },
  delete: async (context, existing) => {
    await context.call('elasticloadbalancing', 'DeleteTargetGroup', { TargetGroupArn: existing.physicalId });
  },
};
