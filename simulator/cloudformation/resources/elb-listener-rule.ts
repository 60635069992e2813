import { list, number, pick } from '../property-values.ts';
import type { ResourceProvider } from '../resource-provider.ts';
import { elbAction } from './elb-actions.ts';

export const elbListenerRule: ResourceProvider = {
  type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
  properties: ['Actions', 'Conditions', 'ListenerArn', 'Priority'],
  attributes: ['IsDefault', 'RuleArn'],
  replacedBy: ['ListenerArn'],
  create: async (context, properties) => {
    const { Rules } = await context.call<{ Rules: readonly { RuleArn: string }[] }>(
      'elasticloadbalancing',
      'CreateRule',
      {
        ...pick(properties, 'Conditions', 'ListenerArn'),
        Priority: number(properties, 'Priority'),
        Actions: list(properties, 'Actions').map(elbAction),
      },
    );
    const { RuleArn } = Rules[0] as { RuleArn: string };
    return { physicalId: RuleArn, attributes: { RuleArn, IsDefault: false } };
  },
  update: async (context, { before, properties, changed }) => {
    const RuleArn = before.physicalId;
    if (changed.has('Actions') || changed.has('Conditions'))
      await context.call('elasticloadbalancing', 'ModifyRule', {
        RuleArn,
        ...pick(properties, 'Conditions'),
        Actions: list(properties, 'Actions').map(elbAction),
      });
    if (changed.has('Priority'))
      await context.call('elasticloadbalancing', 'SetRulePriorities', {
        RulePriorities: [{ RuleArn, Priority: number(properties, 'Priority') }],
      });
    return before;
  },
  delete: async (context, existing) => {
    await context.call('elasticloadbalancing', 'DeleteRule', { RuleArn: existing.physicalId });
  },
};
