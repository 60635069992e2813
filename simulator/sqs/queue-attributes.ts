import { notModelled } from '../cloud/aws-error.ts';
import { sqsErrors } from './errors.ts';
import type { Counts, Queue } from './queue.ts';

const defaults: Readonly<Record<string, string>> = {
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
};

/** Least and greatest value of each attribute that holds a number (SetQueueAttributes). */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  DelaySeconds: [0, 900],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
  MaximumMessageSize: [1024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
};

const otherSettable = ['KmsMasterKeyId', 'Policy', 'RedriveAllowPolicy', 'RedrivePolicy', 'SqsManagedSseEnabled'];

const computed = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
];

const fifoOnly = ['DeduplicationScope', 'FifoThroughputLimit'];

/** @throws AwsError for an attribute that does not exist, that cannot be set, or whose value is out of its range */
export const checkAttributes = (
  attributes: Readonly<Record<string, string>>,
  queues: ReadonlyMap<string, Queue>,
): void => {
  if (attributes.KmsMasterKeyId && attributes.SqsManagedSseEnabled?.toLowerCase() === 'true')
    throw sqsErrors.invalidAttributeName(
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
    );
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'FifoQueue' && value === 'true') throw notModelled('FIFO queues');
    if (fifoOnly.includes(name))
      throw sqsErrors.invalidAttributeName(`You can specify the ${name} only when FifoQueue is set to true.`);
    const range = ranges[name];
    if (range) {
      const number = Number(value);
      if (!/^\d+$/.test(value) || number < range[0] || number > range[1]) throw sqsErrors.invalidAttributeValue(name);
    } else if (!otherSettable.includes(name)) throw sqsErrors.unknownAttribute(name);
    if (name === 'SqsManagedSseEnabled' && value !== '' && !/^(true|false)$/i.test(value))
      throw sqsErrors.invalidAttributeValue(name);
    if (name === 'RedriveAllowPolicy' && value !== '') parse(name, value);
    if (name === 'Policy' && value !== '') parse(name, value);
    if (name === 'RedrivePolicy' && value !== '') checkRedrivePolicy(value, queues);
  }
};

const parse = (name: string, value: string): unknown => {
  try {
    return JSON.parse(value);
  } catch {
    throw sqsErrors.invalidAttributeValue(name);
  }
};

const checkRedrivePolicy = (value: string, queues: ReadonlyMap<string, Queue>): void => {
  const policy = parse('RedrivePolicy', value) as { deadLetterTargetArn?: unknown; maxReceiveCount?: unknown };
  const fail = (reason: string) => sqsErrors.invalidValue(value, 'RedrivePolicy', reason);
  if (typeof policy.deadLetterTargetArn !== 'string')
    throw fail('Redrive policy does not contain mandatory attribute: deadLetterTargetArn.');
  if (policy.maxReceiveCount === undefined)
    throw fail('Redrive policy does not contain mandatory attribute: maxReceiveCount.');
  const count = Number(policy.maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > 1000)
    throw fail(
      `Invalid value for maxReceiveCount: ${policy.maxReceiveCount}, valid values are from 1 to 1000 both inclusive.`,
    );
  const target = queues.get(policy.deadLetterTargetArn.split(':')[5] ?? '');
  if (target?.arn !== policy.deadLetterTargetArn) throw fail('Dead letter target does not exist.');
};

/** Sets attributes that were checked before; an empty text takes an optional one away. */
export const setAttributes = (queue: Queue, attributes: Readonly<Record<string, string>>, nowMs: number): void => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === '') queue.attributes.delete(name);
    else queue.attributes.set(name, value);
  }
  // A queue is encrypted in one way at a time: a key of KMS ends SQS's own, and the other way round.
  if (attributes.KmsMasterKeyId) {
    queue.attributes.set('SqsManagedSseEnabled', 'false');
    if (!queue.attributes.has('KmsDataKeyReusePeriodSeconds'))
      queue.attributes.set('KmsDataKeyReusePeriodSeconds', '300');
  } else if (attributes.SqsManagedSseEnabled?.toLowerCase() === 'true') {
    queue.attributes.delete('KmsMasterKeyId');
    queue.attributes.delete('KmsDataKeyReusePeriodSeconds');
  }
  queue.modifiedMs = nowMs;
};

export const setDefaults = (queue: Queue): void => {
  for (const [name, value] of Object.entries(defaults)) queue.attributes.set(name, value);
};

/** @throws AwsError `InvalidAttributeName` for a name that no queue has */
export const readQueueAttributes = (
  queue: Queue,
  names: readonly string[],
  counts: Counts,
): Record<string, string> | undefined => {
  const all: Record<string, string> = {
    ApproximateNumberOfMessages: String(counts.visible),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    CreatedTimestamp: String(Math.floor(queue.createdMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedMs / 1000)),
    QueueArn: queue.arn,
    ...Object.fromEntries(queue.attributes),
  };
  const unknown = names.find((name) => name !== 'All' && !(name in all) && !isKnown(name));
  if (unknown !== undefined) throw sqsErrors.unknownAttribute(unknown);
  const chosen = names.includes('All') ? Object.keys(all) : names.filter((name) => name in all);
  if (chosen.length === 0) return undefined;
  return Object.fromEntries(chosen.sort().map((name) => [name, all[name] as string]));
};

const isKnown = (name: string): boolean =>
  name in ranges ||
  otherSettable.includes(name) ||
  computed.includes(name) ||
  fifoOnly.includes(name) ||
  name === 'FifoQueue' ||
  name === 'ContentBasedDeduplication';
