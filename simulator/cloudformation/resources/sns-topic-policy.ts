import { AwsError } from '../../cloud/aws-error.ts';
import { jsonText, list } from '../property-values.ts';
import type { CallApi, ResourceProvider } from '../resource-provider.ts';

const setPolicy = async (call: CallApi, topics: readonly string[], policy: string): Promise<void> => {
  for (const TopicArn of topics)
    await call('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue: policy });
};

/** A topic that is gone has no policy left to take away. */
const clearPolicy = async (call: CallApi, topics: readonly string[]): Promise<void> => {
  for (const topic of topics) {
    try {
      await setPolicy(call, [topic], '');
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'NotFoundException') throw error;
    }
  }
};

export const snsTopicPolicy: ResourceProvider = {
  type: 'AWS::SNS::TopicPolicy',
  properties: ['PolicyDocument', 'Topics'],
  attributes: ['Id'],
  replacedBy: [],
  create: async (context, properties) => {
    const physicalId = context.name();
    context.made(physicalId);
    await setPolicy(context.call, list<string>(properties, 'Topics'), jsonText(properties.PolicyDocument));
    return { physicalId, attributes: { Id: physicalId } };
  },
  update: async (context, { before, properties }) => {
    const topics = list<string>(properties, 'Topics');
    await setPolicy(context.call, topics, jsonText(properties.PolicyDocument));
    await clearPolicy(
      context.call,
      list<string>(before.properties, 'Topics').filter((topic) => !topics.includes(topic)),
    );
    return before;
  },
  delete: (context, existing) => clearPolicy(context.call, list<string>(existing.properties, 'Topics')),
};
