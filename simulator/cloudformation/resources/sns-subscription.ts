import { flag, pick, requiredText } from '../property-values.ts';
import type { ResourceProvider } from '../resource-provider.ts';

/** Somebody who reads e-mail still has to confirm; the stack does not wait for that. */
export const snsSubscription: ResourceProvider = {
  type: 'AWS::SNS::Subscription',
  properties: ['Endpoint', 'Protocol', 'RawMessageDelivery', 'TopicArn'],
  attributes: ['Arn'],
  replacedBy: ['Endpoint', 'Protocol', 'TopicArn'],
  create: async (context, properties) => {
    const isRaw = flag(properties, 'RawMessageDelivery');
    const { SubscriptionArn } = await context.call<{ SubscriptionArn: string }>('sns', 'Subscribe', {
      ...pick(properties, 'Endpoint', 'TopicArn'),
      Protocol: requiredText(properties, 'Protocol'),
      ...(isRaw === undefined ? {} : { Attributes: { RawMessageDelivery: String(isRaw) } }),
      ReturnSubscriptionArn: true,
    });
    return { physicalId: SubscriptionArn, attributes: { Arn: SubscriptionArn } };
  },
  update: async (context, { before, properties, changed }) => {
    if (changed.has('RawMessageDelivery'))
      await context.call('sns', 'SetSubscriptionAttributes', {
        SubscriptionArn: before.physicalId,
        AttributeName: 'RawMessageDelivery',
        AttributeValue: String(flag(properties, 'RawMessageDelivery') ?? false),
      });
    return before;
  },
  delete: async (context, existing) => {
    await context.call('sns', 'Unsubscribe', { SubscriptionArn: existing.physicalId });
  },
};
