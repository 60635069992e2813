import type { Message as ReceivedMessage, ReceiveMessageRequest, ReceiveMessageResult } from '@aws-sdk/client-sqs';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { sqsErrors } from '../errors.ts';
import { type Message, md5OfAttributes, selectAttributes } from '../message.ts';
import { visibilityMaxSeconds } from '../queue.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

/** What a receiver may ask for; some of it only messages of FIFO queues, or none, have (API_ReceiveMessage). */
const systemAttributeNames = new Set([
  'All',
  'ApproximateFirstReceiveTimestamp',
  'ApproximateReceiveCount',
  'AWSTraceHeader',
  'DeadLetterQueueSourceArn',
  'MessageDeduplicationId',
  'MessageGroupId',
  'SenderId',
  'SentTimestamp',
  'SequenceNumber',
]);

export const receiveMessage: ActionDefinition<SqsService, ReceiveMessageRequest, ReceiveMessageResult> = {
  partly: 'FIFO queues',
  ...onQueue('ReceiveMessage'),
  run: async (service, input, call) => {
    const queue = service.queueOf(input.QueueUrl);
    if (input.ReceiveRequestAttemptId !== undefined) throw notModelled('FIFO queues');
    const max = input.MaxNumberOfMessages ?? 1;
    if (max < 1 || max > 10)
      throw sqsErrors.invalidValue(max, 'MaxNumberOfMessages', 'Must be between 1 and 10, if provided.');
    const waitSeconds = input.WaitTimeSeconds ?? queue.seconds('ReceiveMessageWaitTimeSeconds');
    if (waitSeconds < 0 || waitSeconds > 20)
      throw sqsErrors.invalidValue(waitSeconds, 'WaitTimeSeconds', 'Must be >= 0 and <= 20, if provided.');
    const visibilitySeconds = input.VisibilityTimeout ?? queue.seconds('VisibilityTimeout');
    if (visibilitySeconds < 0 || visibilitySeconds > visibilityMaxSeconds)
      throw sqsErrors.invalidValue(visibilitySeconds, 'VisibilityTimeout', 'Must be between 0 and 43200, if provided.');
    const systemNames: readonly string[] = [
      ...(input.MessageSystemAttributeNames ?? []),
      ...(input.AttributeNames ?? []),
    ];
    const unknown = systemNames.find((name) => !systemAttributeNames.has(name));
    if (unknown !== undefined) throw sqsErrors.unknownAttribute(unknown);
    const messages = await queue.receive({ max, waitSeconds, visibilitySeconds, signal: call.signal });
    if (messages.length === 0) return {};
    return { Messages: messages.map((message) => shape(message, systemNames, input.MessageAttributeNames ?? [])) };
  },
};

const shape = (message: Message, systemNames: readonly string[], names: readonly string[]): ReceivedMessage => {
  const attributes = selectAttributes(message.attributes, names);
  const digest = md5OfAttributes(attributes);
  const system: Record<string, string> = {
    ...message.systemAttributes,
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedMs),
    ApproximateReceiveCount: String(message.receiveCount),
    SenderId: message.senderId,
    SentTimestamp: String(message.sentMs),
  };
  const wanted = Object.keys(system)
    .filter((name) => systemNames.includes('All') || systemNames.includes(name))
    .sort();
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: message.md5OfBody,
    ...(wanted.length > 0
      ? { Attributes: Object.fromEntries(wanted.map((name) => [name, system[name] as string])) }
      : {}),
    ...(digest ? { MessageAttributes: attributes, MD5OfMessageAttributes: digest } : {}),
  };
};
