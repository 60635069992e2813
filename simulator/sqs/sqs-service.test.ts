import type {
  GetQueueAttributesResult,
  ReceiveMessageResult,
  SendMessageBatchResult,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { defaultFidelity } from '../cloud/fidelity.ts';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import { SqsService } from './sqs-service.ts';

const base = 'http://127.0.0.1:4566/123456789012';
const orders = `${base}/orders`;

const start = async (attributes: Record<string, string> = {}): Promise<LoneService<SqsService>> => {
  const world = loneService((ctx) => new SqsService(ctx));
  await world.call('CreateQueue', { QueueName: 'orders', Attributes: attributes });
  return world;
};

const send = (world: LoneService<SqsService>, body: string, more: object = {}): Promise<SendMessageResult> =>
  world.call('SendMessage', { QueueUrl: orders, MessageBody: body, ...more });

const receive = async (world: LoneService<SqsService>, more: object = {}, url = orders) =>
  (await world.call<ReceiveMessageResult>('ReceiveMessage', { QueueUrl: url, MaxNumberOfMessages: 10, ...more }))
    .Messages ?? [];

const bodies = (messages: readonly { Body?: string | undefined }[]): (string | undefined)[] =>
  messages.map(({ Body }) => Body);

const counts = async (world: LoneService<SqsService>, url = orders): Promise<number[]> => {
  const { Attributes = {} } = await world.call<GetQueueAttributesResult>('GetQueueAttributes', {
    QueueUrl: url,
    AttributeNames: ['All'],
  });
  return [
    Number(Attributes.ApproximateNumberOfMessages),
    Number(Attributes.ApproximateNumberOfMessagesNotVisible),
    Number(Attributes.ApproximateNumberOfMessagesDelayed),
  ];
};

describe('queues', () => {
  it('has its URL under the base that the service was given', async () => {
    const world = loneService((ctx) => new SqsService(ctx, { queueUrlBase: 'http://localhost:5000' }));
    expect(await world.call('CreateQueue', { QueueName: 'orders' })).toEqual({
      QueueUrl: 'http://localhost:5000/123456789012/orders',
    });
  });

  it('finds a queue by the path of its URL, whatever its host', async () => {
    const world = await start();
    await world.call('SendMessage', { QueueUrl: 'http://elsewhere:1/123456789012/orders', MessageBody: 'a' });
    expect(await counts(world)).toEqual([1, 0, 0]);
  });

  it('answers the creation of an equal queue with that queue, and refuses another value of an attribute', async () => {
    const world = await start({ VisibilityTimeout: '20' });
    expect(await world.call('CreateQueue', { QueueName: 'orders' })).toEqual({ QueueUrl: orders });
    await expect(
      world.call('CreateQueue', { QueueName: 'orders', Attributes: { VisibilityTimeout: '21' } }),
    ).rejects.toMatchObject({ code: 'QueueNameExists', queryCode: 'QueueAlreadyExists' });
  });

  it('names the missing queue as both protocols do', async () => {
    const world = await start();
    await expect(world.call('GetQueueUrl', { QueueName: 'nothing' })).rejects.toMatchObject({
      code: 'QueueDoesNotExist',
      queryCode: 'AWS.SimpleQueueService.NonExistentQueue',
    });
  });

  it('needs its dead-letter queue to be there', async () => {
    const world = await start();
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:123456789012:dead',
      maxReceiveCount: 3,
    });
    await expect(
      world.call('SetQueueAttributes', { QueueUrl: orders, Attributes: { RedrivePolicy } }),
    ).rejects.toMatchObject({
      queryCode: 'InvalidParameterValue',
      message: `Value ${RedrivePolicy} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.`,
    });
  });

  it.each([
    ['a\uffff', "Invalid binary character '#xFFFF' was found in the message body"],
    ['\u0000', "Invalid binary character '#x0'"],
    ['\ud800', "Invalid binary character '#xD800'"],
  ])('refuses the body %j', async (body, message) => {
    const world = await start();
    await expect(send(world, body)).rejects.toMatchObject({
      code: 'InvalidMessageContents',
      message: expect.stringContaining(message),
    });
  });

  it('takes every other character', async () => {
    const world = await start();
    await send(world, '\t\n\r é 😀 \ufffd');
    expect(bodies(await receive(world))).toEqual(['\t\n\r é 😀 \ufffd']);
  });

  it('refuses reserved names of attributes, and system attributes that do not exist', async () => {
    const world = await start();
    const MessageAttributes = { 'AWS.a': { DataType: 'String', StringValue: 'b' } };
    await expect(send(world, 'a', { MessageAttributes })).rejects.toThrow("beginning with 'AWS.'");
    await expect(receive(world, { AttributeNames: ['Age'] })).rejects.toMatchObject({
      message: 'Unknown Attribute Age.',
    });
  });

  it.each(['a!', '.a', 'a.', 'a..b', 'a'.repeat(257)])(
    'refuses the name %s of an attribute (sqs-message-metadata)',
    async (name) => {
      const world = await start();
      const attribute = { DataType: 'String', StringValue: 'b' };
      await expect(send(world, 'a', { MessageAttributes: { [name]: attribute } })).rejects.toMatchObject({
        queryCode: 'InvalidParameterValue',
      });
      await send(world, 'a', { MessageAttributes: { 'a-b_c.D1': attribute, ['b'.repeat(256)]: attribute } });
    },
  );

  it('refuses in the text of an attribute what it refuses in a body, as an invalid parameter', async () => {
    const world = await start();
    const MessageAttributes = { a: { DataType: 'String', StringValue: 'b\u0001' } };
    await expect(send(world, 'a', { MessageAttributes })).rejects.toMatchObject({
      queryCode: 'InvalidParameterValue',
      message: expect.stringContaining("Invalid binary character '#x1'"),
    });
  });

  it('encrypts with a key of KMS or by itself, never both (SetQueueAttributes, server-side encryption)', async () => {
    const world = await start();
    const set = (Attributes: object) => world.call('SetQueueAttributes', { QueueUrl: orders, Attributes });
    const encryption = async () => {
      const { Attributes = {} } = await world.call<GetQueueAttributesResult>('GetQueueAttributes', {
        QueueUrl: orders,
        AttributeNames: ['KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled'],
      });
      return Attributes;
    };
    expect(await encryption()).toEqual({ SqsManagedSseEnabled: 'true' });
    await set({ KmsMasterKeyId: 'alias/orders' });
    expect(await encryption()).toEqual({
      KmsMasterKeyId: 'alias/orders',
      KmsDataKeyReusePeriodSeconds: '300',
      SqsManagedSseEnabled: 'false',
    });
    await set({ SqsManagedSseEnabled: 'true' });
    expect(await encryption()).toEqual({ SqsManagedSseEnabled: 'true' });
    await expect(set({ KmsMasterKeyId: 'alias/orders', SqsManagedSseEnabled: 'true' })).rejects.toMatchObject({
      code: 'InvalidAttributeName',
      message: expect.stringContaining('one type of server-side encryption (SSE) at one time'),
    });
  });

  it('refuses FIFO queues by name', async () => {
    const world = await start();
    await expect(world.call('CreateQueue', { QueueName: 'orders.fifo' })).rejects.toThrow('FIFO queues');
  });

  it('keeps the name of a deleted queue for 60 seconds', async () => {
    const world = await start();
    await world.call('DeleteQueue', { QueueUrl: orders });
    await world.pass(59_999);
    await expect(world.call('CreateQueue', { QueueName: 'orders' })).rejects.toMatchObject({
      code: 'QueueDeletedRecently',
    });
    await world.pass(1);
    expect(await world.call('CreateQueue', { QueueName: 'orders' })).toEqual({ QueueUrl: orders });
  });

  it('asks IAM for the action on the ARN of the queue, and shows its policy', async () => {
    const policy = { Version: '2012-10-17', Statement: [] };
    const world = await start({ Policy: JSON.stringify(policy) });
    await receive(world);
    expect(world.asked.at(-1)).toEqual([
      { action: 'sqs:ReceiveMessage', resource: 'arn:aws:sqs:us-east-1:123456789012:orders' },
    ]);
    expect(world.service.policyOf(orders)).toEqual(policy);
  });
});

describe('visibility', () => {
  it('hides a received message until exactly its visibility timeout, then shows it again', async () => {
    const world = await start({ VisibilityTimeout: '30' });
    await send(world, 'a');
    expect(bodies(await receive(world))).toEqual(['a']);
    await world.pass(29_999);
    expect(await receive(world)).toEqual([]);
    await world.pass(1);
    expect(bodies(await receive(world))).toEqual(['a']);
  });

  it('counts visible, in-flight and delayed messages without anybody receiving', async () => {
    const world = await start({ VisibilityTimeout: '30' });
    await send(world, 'a');
    await send(world, 'b');
    await send(world, 'later', { DelaySeconds: 10 });
    await receive(world, { MaxNumberOfMessages: 1 });
    expect(await counts(world)).toEqual([1, 1, 1]);
    await world.pass(10_000);
    expect(await counts(world)).toEqual([2, 1, 0]);
    await world.pass(20_000);
    expect(await counts(world)).toEqual([3, 0, 0]);
  });

  it('prolongs the visibility timeout from now on, and shows the message at once when it is set to 0', async () => {
    const world = await start({ VisibilityTimeout: '30' });
    await send(world, 'a');
    const [message] = await receive(world);
    await world.pass(20_000);
    const change = (VisibilityTimeout: number) =>
      world.call('ChangeMessageVisibility', {
        QueueUrl: orders,
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout,
      });
    await change(30);
    await world.pass(29_000);
    expect(await counts(world)).toEqual([0, 1, 0]);
    await change(0);
    expect(await counts(world)).toEqual([1, 0, 0]);
    await expect(change(10)).rejects.toMatchObject({ code: 'MessageNotInflight' });
  });

  it('does not prolong beyond 12 hours from the receive', async () => {
    const world = await start();
    await send(world, 'a');
    const [message] = await receive(world);
    await world.pass(1_000);
    const change = (VisibilityTimeout: number) =>
      world.call('ChangeMessageVisibility', {
        QueueUrl: orders,
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout,
      });
    await expect(change(43_200)).rejects.toThrow('Total VisibilityTimeout for the message is beyond the limit');
    await change(43_199);
  });

  it('does not delete by the handle of an earlier receive, and says nothing about it', async () => {
    const world = await start({ VisibilityTimeout: '1' });
    await send(world, 'a');
    const [first] = await receive(world);
    await world.pass(1_000);
    const [second] = await receive(world);
    const remove = (ReceiptHandle: string | undefined) =>
      world.call('DeleteMessage', { QueueUrl: orders, ReceiptHandle });
    await remove(first?.ReceiptHandle);
    expect(await counts(world)).toEqual([0, 1, 0]);
    await remove(second?.ReceiptHandle);
    expect(await counts(world)).toEqual([0, 0, 0]);
    await expect(remove('nonsense')).rejects.toMatchObject({ code: 'ReceiptHandleIsInvalid', status: 404 });
  });

  it('drops messages when their retention ends', async () => {
    const world = await start({ MessageRetentionPeriod: '60' });
    await send(world, 'a');
    await world.pass(59_999);
    expect(await counts(world)).toEqual([1, 0, 0]);
    await world.pass(1);
    expect(await counts(world)).toEqual([0, 0, 0]);
  });
});

describe('long polling', () => {
  const poll = (world: LoneService<SqsService>, seen: [number, (string | undefined)[]][], more: object = {}) => {
    const startMs = world.kernel.now();
    return receive(world, { WaitTimeSeconds: 20, ...more }).then((messages) => {
      seen.push([world.kernel.now() - startMs, bodies(messages)]);
    });
  };

  it('waits for a message, and ends with nothing after its wait time', async () => {
    const world = await start();
    const seen: [number, (string | undefined)[]][] = [];
    void poll(world, seen);
    await world.pass(20_000);
    expect(seen).toEqual([[20_000, []]]);
    void poll(world, seen);
    await world.pass(7_000);
    await send(world, 'a');
    await world.pass(1);
    expect(seen[1]).toEqual([7_000, ['a']]);
  });

  it('is served when a delay or a visibility timeout runs out', async () => {
    const world = await start({ VisibilityTimeout: '5' });
    await send(world, 'hidden');
    await receive(world);
    await send(world, 'delayed', { DelaySeconds: 3 });
    const seen: [number, (string | undefined)[]][] = [];
    void poll(world, seen);
    void poll(world, seen);
    await world.pass(20_000);
    expect(seen).toEqual([
      [3_000, ['delayed']],
      [5_000, ['hidden']],
    ]);
  });

  it('serves those who wait in the order in which they came, each message once', async () => {
    const world = await start();
    const seen: [number, (string | undefined)[]][] = [];
    void poll(world, seen);
    void poll(world, seen);
    await world.pass(1);
    await send(world, 'a');
    await send(world, 'b');
    await world.pass(1);
    expect(seen.map(([, found]) => found)).toEqual([['a'], ['b']]);
  });

  it('ends early when the caller goes away, and takes no message then', async () => {
    const world = await start();
    const gone = new AbortController();
    const waiting = world.call<ReceiveMessageResult>(
      'ReceiveMessage',
      { QueueUrl: orders, WaitTimeSeconds: 20 },
      { signal: gone.signal },
    );
    await world.pass(1_000);
    gone.abort();
    expect(await waiting).toEqual({});
    await send(world, 'a');
    expect(await counts(world)).toEqual([1, 0, 0]);
  });

  it('uses the wait time of the queue when the caller names none', async () => {
    const world = await start({ ReceiveMessageWaitTimeSeconds: '5' });
    const seen: [number, (string | undefined)[]][] = [];
    void poll(world, seen, { WaitTimeSeconds: undefined });
    await world.pass(5_000);
    expect(seen).toEqual([[5_000, []]]);
  });
});

describe('dead-letter queue', () => {
  const withDeadLetters = async (): Promise<LoneService<SqsService>> => {
    const world = await start({ VisibilityTimeout: '1' });
    await world.call('CreateQueue', { QueueName: 'orders-dlq' });
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:123456789012:orders-dlq',
      maxReceiveCount: 2,
    });
    await world.call('SetQueueAttributes', { QueueUrl: orders, Attributes: { RedrivePolicy } });
    return world;
  };

  it('takes a message when it would be received once more than maxReceiveCount', async () => {
    const world = await withDeadLetters();
    await send(world, 'poison');
    for (let round = 0; round < 2; round += 1) {
      expect(bodies(await receive(world))).toEqual(['poison']);
      await world.pass(1_000);
    }
    expect(await counts(world, `${base}/orders-dlq`)).toEqual([0, 0, 0]);
    expect(await receive(world)).toEqual([]);
    expect(await counts(world)).toEqual([0, 0, 0]);
    const [dead] = await receive(world, { MessageSystemAttributeNames: ['All'] }, `${base}/orders-dlq`);
    expect(dead?.Attributes?.DeadLetterQueueSourceArn).toBe('arn:aws:sqs:us-east-1:123456789012:orders');
  });

  it('is listed with its sources', async () => {
    const world = await withDeadLetters();
    expect(await world.call('ListDeadLetterSourceQueues', { QueueUrl: `${base}/orders-dlq` })).toEqual({
      queueUrls: [orders],
    });
  });
});

describe('batches', () => {
  it('let an entry fail alone', async () => {
    const world = await start();
    const answer = await world.call<SendMessageBatchResult>('SendMessageBatch', {
      QueueUrl: orders,
      Entries: [
        { Id: 'good', MessageBody: 'a' },
        { Id: 'empty', MessageBody: '' },
      ],
    });
    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['good']);
    expect(answer.Failed).toEqual([
      {
        Id: 'empty',
        SenderFault: true,
        Code: 'MissingParameter',
        Message: 'The request must contain the parameter MessageBody.',
      },
    ]);
  });

  it('hold exactly ten entries', async () => {
    const world = await start();
    const batch = (size: number) =>
      world.call('SendMessageBatch', {
        QueueUrl: orders,
        Entries: Array.from({ length: size }, (_, index) => ({ Id: `${index}`, MessageBody: 'a' })),
      });
    await batch(10);
    await expect(batch(11)).rejects.toMatchObject({ code: 'TooManyEntriesInBatchRequest' });
    await expect(batch(0)).rejects.toMatchObject({ code: 'EmptyBatchRequest' });
  });
});

describe('attributes of messages', () => {
  it('return only what was asked for, with the digest of just that', async () => {
    const world = await start({ VisibilityTimeout: '0' });
    const MessageAttributes = {
      'trace.parent': { DataType: 'String', StringValue: 'p' },
      amount: { DataType: 'Number', StringValue: '7' },
      key: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2) },
    };
    const sent = await send(world, 'a', { MessageAttributes });
    const [all] = await receive(world, { MessageAttributeNames: ['All'] });
    expect(all?.MessageAttributes).toEqual(MessageAttributes);
    // The digest of the documented encoding, worked out apart from this code.
    expect(sent.MD5OfMessageAttributes).toBe('a6c606058d0f4a93b03445d1baff2ea2');
    expect(all?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
    const [some] = await receive(world, { MessageAttributeNames: ['trace.*'] });
    expect(Object.keys(some?.MessageAttributes ?? {})).toEqual(['trace.parent']);
    expect(some?.MD5OfMessageAttributes).not.toBe(sent.MD5OfMessageAttributes);
    const [none] = await receive(world);
    expect(none).not.toHaveProperty('MessageAttributes');
  });
});

describe('metrics', () => {
  const published = (world: LoneService<SqsService>, name: string) =>
    world.metrics.filter((metric) => metric.name === name).map(({ value }) => value);

  it('are published once a minute for the minute before', async () => {
    const world = await start();
    await send(world, 'a');
    await send(world, 'b');
    await receive(world, { MaxNumberOfMessages: 1 });
    const startMs = world.kernel.now();
    await world.pass(60_000);
    expect(world.metrics.find(({ name }) => name === 'ApproximateNumberOfMessagesVisible')).toEqual({
      namespace: 'AWS/SQS',
      name: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: 'orders' },
      value: 2,
      unit: 'Count',
      atMs: startMs,
    });
    await world.pass(60_000);
    expect(published(world, 'NumberOfMessagesSent')).toEqual([2, 0]);
    expect(published(world, 'NumberOfMessagesReceived')).toEqual([1, 0]);
    expect(published(world, 'ApproximateAgeOfOldestMessage')).toEqual([60, 120]);
  });

  it('leave poison pills out of the age, from the third receive on', async () => {
    const world = await start({ VisibilityTimeout: '1' });
    await send(world, 'poison');
    for (let round = 0; round < 3; round += 1) {
      await receive(world);
      await world.pass(1_000);
    }
    await world.pass(57_000);
    expect(published(world, 'ApproximateNumberOfMessagesVisible')).toEqual([1]);
    expect(published(world, 'ApproximateAgeOfOldestMessage')).toEqual([]);
  });

  it('stop after six idle hours, cost nothing then, and take their time to come back', async () => {
    const world = loneService((ctx) => new SqsService(ctx), {
      fidelity: { sqs: { ...defaultFidelity.sqs, wakeUpMs: 5 * 60_000 } },
    });
    await world.call('CreateQueue', { QueueName: 'orders' });
    await world.pass(24 * 3_600_000);
    expect(published(world, 'NumberOfMessagesSent')).toHaveLength(360);
    const before = world.kernel.processed;
    await world.pass(24 * 3_600_000);
    expect(world.kernel.processed).toBe(before);
    await send(world, 'a');
    await world.pass(4 * 60_000);
    expect(published(world, 'NumberOfMessagesSent')).toHaveLength(360);
    await world.pass(60_000);
    expect(published(world, 'NumberOfMessagesSent')).toHaveLength(361);
  });
});

describe('size', () => {
  it('has at most 120,000 messages in flight: a short poll fails then, a long poll gets nothing', async () => {
    const world = await start();
    const queue = world.service.queueOf(orders);
    for (let index = 0; index <= 120_000; index += 1)
      queue.send({ id: `${index}`, body: 'a', md5OfBody: '', attributes: {}, systemAttributes: {}, senderId: '' }, 0);
    for (let round = 0; round < 12_000; round += 1)
      await queue.receive({ max: 10, visibilitySeconds: 60, waitSeconds: 0, signal: undefined });
    expect(await counts(world)).toEqual([1, 120_000, 0]);
    await expect(receive(world)).rejects.toMatchObject({ code: 'OverLimit', status: 403 });
    const waiting = receive(world, { WaitTimeSeconds: 20 });
    await world.pass(20_000);
    expect(await waiting).toEqual([]);
  });

  it('moves 200,000 messages through a queue without a scan', async () => {
    const world = await start();
    const queue = world.service.queueOf(orders);
    const total = 200_000;
    for (let index = 0; index < total; index += 1)
      queue.send({ id: `${index}`, body: 'a', md5OfBody: '', attributes: {}, systemAttributes: {}, senderId: '' }, 0);
    let deleted = 0;
    while (deleted < total) {
      const messages = await queue.receive({ max: 10, visibilitySeconds: 30, waitSeconds: 0, signal: undefined });
      for (const { receiptHandle } of messages) queue.delete(receiptHandle as string);
      deleted += messages.length;
    }
    expect(queue.isEmpty()).toBe(true);
  });
});
