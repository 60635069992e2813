import type { JsonObject } from '../json.ts';
import { list, number, pick } from '../property-values.ts';
import type { Properties, ResourceProvider } from '../resource-provider.ts';
import { elbAction } from './elb-actions.ts';

const members = (properties: Properties): JsonObject => ({
  ...pick(properties, 'AlpnPolicy', 'Certificates', 'Protocol', 'SslPolicy'),
  ...(properties.Port === undefined ? {} : { Port: number(properties, 'Port') }),
  DefaultActions: list(properties, 'DefaultActions').map(elbAction),
});

export const elbListener: ResourceProvider = {
  type: 'AWS::ElasticLoadBalancingV2::Listener',
  properties: ['AlpnPolicy', 'Certificates', 'DefaultActions', 'LoadBalancerArn', 'Port', 'Protocol', 'SslPolicy'],
  attributes: ['ListenerArn'],
  replacedBy: ['LoadBalancerArn'],
  create: async (context, properties) => {
    const { Listeners } = await context.call<{ Listeners: readonly { ListenerArn: string }[] }>(
      'elasticloadbalancing',
      'CreateListener',
      { ...pick(properties, 'LoadBalancerArn'), ...members(properties) },
    );
    const { ListenerArn } = Listeners[0] as { ListenerArn: string };
    return { physicalId: ListenerArn, attributes: { ListenerArn } };
  },
  update: async (context, { before, properties }) => {
    await context.call('elasticloadbalancing', 'ModifyListener', {
      ListenerArn: before.physicalId,
      ...members(properties),
    });
    return before;
  },
  delete: async (context, existing) => {
    await context.call('elasticloadbalancing', 'DeleteListener', { ListenerArn: existing.physicalId });
  },
};
