import { flag, jsonText, tagRecord, text } from '../property-values.ts';
import type { Properties, ResourceProvider } from '../resource-provider.ts';

/** Attributes of a queue with what they are when a template says nothing (SQS API reference, SetQueueAttributes). */
const defaults: Readonly<Record<string, string>> = {
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  DelaySeconds: '0',
  FifoThroughputLimit: 'perQueue',
  KmsDataKeyReusePeriodSeconds: '300',
  KmsMasterKeyId: '',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  RedriveAllowPolicy: '',
  RedrivePolicy: '',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
};

const attributes = (properties: Properties): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.keys(defaults)
      .filter((name) => properties[name] !== undefined)
      .map((name) => [name, name.startsWith('Redrive') ? jsonText(properties[name]) : String(properties[name])]),
  );

export const sqsQueue: ResourceProvider = {
  type: 'AWS::SQS::Queue',
  properties: [...Object.keys(defaults), 'FifoQueue', 'QueueName', 'Tags'],
  attributes: ['Arn', 'QueueName', 'QueueUrl'],
  replacedBy: ['FifoQueue', 'QueueName'],
  create: async (context, properties) => {
    const fifo = flag(properties, 'FifoQueue') ?? false;
    const name = text(properties, 'QueueName') ?? `${context.name({ maxLength: 75 })}${fifo ? '.fifo' : ''}`;
    const { QueueUrl } = await context.call<{ QueueUrl: string }>('sqs', 'CreateQueue', {
      QueueName: name,
      Attributes: { ...attributes(properties), ...(fifo ? { FifoQueue: 'true' } : {}) },
      tags: tagRecord(properties),
    });
    const Arn = `arn:aws:sqs:${context.region}:${context.accountId}:${name}`;
    return { physicalId: QueueUrl, attributes: { Arn, QueueName: name, QueueUrl } };
  },
  update: async (context, { before, properties, changed }) => {
    const after = attributes(properties);
    const Attributes = Object.fromEntries(
      [...changed].filter((name) => name in defaults).map((name) => [name, after[name] ?? defaults[name]]),
    );
    if (Object.keys(Attributes).length > 0)
      await context.call('sqs', 'SetQueueAttributes', { QueueUrl: before.physicalId, Attributes });
    if (changed.has('Tags')) {
      const old = Object.keys(tagRecord(before.properties));
      if (old.length > 0) await context.call('sqs', 'UntagQueue', { QueueUrl: before.physicalId, TagKeys: old });
      await context.call('sqs', 'TagQueue', { QueueUrl: before.physicalId, Tags: tagRecord(properties) });
    }
    return before;
  },
  delete: async (context, existing) => {
    await context.call('sqs', 'DeleteQueue', { QueueUrl: existing.physicalId });
  },
};
