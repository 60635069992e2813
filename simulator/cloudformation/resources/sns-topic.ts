import type { JsonObject } from '../json.ts';
import { list, pick, requiredText, tagList, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

const attributes = ['DisplayName', 'KmsMasterKeyId', 'SignatureVersion', 'TracingConfig'];

/** The subscriptions that a topic's own property makes. */
const bringSubscriptions = async (
  context: ResourceContext,
  TopicArn: string,
  before: Properties,
  after: Properties,
): Promise<void> => {
  const wanted = list<JsonObject>(after, 'Subscription');
  const same = (a: JsonObject, b: JsonObject): boolean => a.Protocol === b.Protocol && a.Endpoint === b.Endpoint;
  const gone = list<JsonObject>(before, 'Subscription').filter((old) => !wanted.some((each) => same(each, old)));
  if (gone.length > 0) {
    const { Subscriptions } = await context.call<{ Subscriptions: readonly JsonObject[] }>(
      'sns',
      'ListSubscriptionsByTopic',
      { TopicArn },
    );
    for (const { SubscriptionArn } of Subscriptions.filter((each) => gone.some((old) => same(each, old))))
      if (SubscriptionArn !== 'PendingConfirmation') await context.call('sns', 'Unsubscribe', { SubscriptionArn });
  }
  for (const each of wanted)
    await context.call('sns', 'Subscribe', {
      TopicArn,
      Protocol: requiredText(each, 'Protocol'),
      Endpoint: requiredText(each, 'Endpoint'),
    });
};

export const snsTopic: ResourceProvider = {
  type: 'AWS::SNS::Topic',
  properties: [...attributes, 'FifoTopic', 'Subscription', 'Tags', 'TopicName'],
  attributes: ['TopicArn', 'TopicName'],
  replacedBy: ['FifoTopic', 'TopicName'],
  create: async (context, properties) => {
    const name = text(properties, 'TopicName') ?? context.name({ maxLength: 256 });
    const { TopicArn } = await context.call<{ TopicArn: string }>('sns', 'CreateTopic', {
      Name: name,
      Attributes: Object.fromEntries(
        Object.entries(pick(properties, ...attributes, 'FifoTopic')).map(([key, value]) => [key, String(value)]),
      ),
      Tags: tagList(properties),
    });
    context.made(TopicArn);
    await bringSubscriptions(context, TopicArn, {}, properties);
    return { physicalId: TopicArn, attributes: { TopicArn, TopicName: name } };
  },
  update: async (context, { before, properties, changed }) => {
    for (const name of attributes)
      if (changed.has(name))
        await context.call('sns', 'SetTopicAttributes', {
          TopicArn: before.physicalId,
          AttributeName: name,
          AttributeValue: text(properties, name) ?? '',
        });
    if (changed.has('Subscription'))
      await bringSubscriptions(context, before.physicalId, before.properties, properties);
    return before;
  },
  delete: async (context, existing) => {
    await context.call('sns', 'DeleteTopic', { TopicArn: existing.physicalId });
  },
};
