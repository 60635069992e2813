import { AwsError } from '../../cloud/aws-error.ts';
import { jsonText, list } from '../property-values.ts';
import type { CallApi, ResourceProvider } from '../resource-provider.ts';

const setPolicy = async (call: CallApi, queues: readonly string[], Policy: string): Promise<void> => {
  for (const QueueUrl of queues) await call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
};

/** A queue that is gone has no policy left to take away. */
const clearPolicy = async (call: CallApi, queues: readonly string[]): Promise<void> => {
  for (const queue of queues) {
    try {
      await setPolicy(call, [queue], '');
    } catch (error) {
      if (!(error instanceof AwsError) || !/NonExistent|DoesNotExist/.test(error.code)) throw error;
    }
  }
};

export const sqsQueuePolicy: ResourceProvider = {
  type: 'AWS::SQS::QueuePolicy',
  properties: ['PolicyDocument', 'Queues'],
  attributes: ['Id'],
  replacedBy: [],
  create: async (context, properties) => {
    const physicalId = context.name();
    context.made(physicalId);
    await setPolicy(context.call, list<string>(properties, 'Queues'), jsonText(properties.PolicyDocument));
    return { physicalId, attributes: { Id: physicalId } };
  },
  update: async (context, { before, properties }) => {
    const queues = list<string>(properties, 'Queues');
    await setPolicy(context.call, queues, jsonText(properties.PolicyDocument));
    await clearPolicy(
      context.call,
      list<string>(before.properties, 'Queues').filter((queue) => !queues.includes(queue)),
    );
    return before;
  },
  delete: (context, existing) => clearPolicy(context.call, list<string>(existing.properties, 'Queues')),
};
