import type { ListMessageMoveTasksResult, ReceiveMessageResult, StartMessageMoveTaskResult } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import { SqsService } from './sqs-service.ts';

const arnOf = (name: string): string => `arn:aws:sqs:us-east-1:123456789012:${name}`;
const urlOf = (name: string): string => `http://127.0.0.1:4566/123456789012/${name}`;

/** `orders` gives up on a message after one receive; `failed` of them have gone to `dead` already. */
const start = async (failed: number): Promise<LoneService<SqsService>> => {
  const world = loneService((ctx) => new SqsService(ctx));
  await world.call('CreateQueue', { QueueName: 'dead' });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 });
  await world.call('CreateQueue', { QueueName: 'orders', Attributes: { RedrivePolicy, VisibilityTimeout: '1' } });
  await world.call('CreateQueue', { QueueName: 'elsewhere' });
  for (let index = 0; index < failed; index += 1)
    await world.call('SendMessage', { QueueUrl: urlOf('orders'), MessageBody: `order-${index}` });
  await bodies(world, 'orders');
  await world.pass(2_000);
  await bodies(world, 'orders');
  return world;
};

const bodies = async (world: LoneService<SqsService>, queue: string): Promise<(string | undefined)[]> => {
  const received = await world.call<ReceiveMessageResult>('ReceiveMessage', {
    QueueUrl: urlOf(queue),
    MaxNumberOfMessages: 10,
  });
  return (received.Messages ?? []).map(({ Body }) => Body);
};

const move = async (world: LoneService<SqsService>, more: object = {}): Promise<string> => {
  const { TaskHandle } = await world.call<StartMessageMoveTaskResult>('StartMessageMoveTask', {
    SourceArn: arnOf('dead'),
    ...more,
  });
  return TaskHandle as string;
};

const tasks = async (world: LoneService<SqsService>, MaxResults = 10) =>
  (await world.call<ListMessageMoveTasksResult>('ListMessageMoveTasks', { SourceArn: arnOf('dead'), MaxResults }))
    .Results;

describe('message move tasks', () => {
  it('bring messages back to the queue that gave up on them', async () => {
    const world = await start(2);
    await move(world);
    await world.pass(100);
    expect(await bodies(world, 'dead')).toEqual([]);
    expect(await bodies(world, 'orders')).toEqual(['order-0', 'order-1']);
    expect(await tasks(world)).toEqual([
      {
        Status: 'COMPLETED',
        SourceArn: arnOf('dead'),
        ApproximateNumberOfMessagesMoved: 2,
        ApproximateNumberOfMessagesToMove: 2,
        StartedTimestamp: Date.parse('2026-01-05T09:00:02Z'),
      },
    ]);
  });

  it('bring them to another queue when asked to', async () => {
    const world = await start(1);
    await move(world, { DestinationArn: arnOf('elsewhere') });
    await world.pass(100);
    expect(await bodies(world, 'elsewhere')).toEqual(['order-0']);
  });

  it('move no more a second than asked for, and stop where they are when cancelled', async () => {
    const world = await start(3);
    const TaskHandle = await move(world, { MaxNumberOfMessagesPerSecond: 1 });
    await world.pass(1_500);
    expect(await tasks(world)).toMatchObject([
      { TaskHandle, Status: 'RUNNING', MaxNumberOfMessagesPerSecond: 1, ApproximateNumberOfMessagesMoved: 2 },
    ]);
    expect(await world.call('CancelMessageMoveTask', { TaskHandle })).toEqual({ ApproximateNumberOfMessagesMoved: 2 });
    await world.pass(10_000);
    expect(await bodies(world, 'dead')).toEqual(['order-2']);
    expect(await tasks(world)).toMatchObject([{ Status: 'CANCELLED' }]);
    await expect(world.call('CancelMessageMoveTask', { TaskHandle })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  it('run one at a time for a queue, and are listed the newest first', async () => {
    const world = await start(2);
    await move(world, { MaxNumberOfMessagesPerSecond: 1 });
    await expect(move(world)).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
      message:
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    });
    await world.pass(5_000);
    await move(world);
    expect((await tasks(world))?.map(({ Status }) => Status)).toEqual(['RUNNING', 'COMPLETED']);
    expect(await tasks(world, 1)).toHaveLength(1);
  });

  it('fail for messages that were sent to the dead-letter queue by hand', async () => {
    const world = await start(0);
    await world.call('SendMessage', { QueueUrl: urlOf('dead'), MessageBody: 'by hand' });
    await move(world);
    await world.pass(100);
    expect(await tasks(world)).toMatchObject([{ Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' }]);
    expect(await bodies(world, 'dead')).toEqual(['by hand']);
  });

  it.each([
    ['StartMessageMoveTask', { SourceArn: arnOf('gone') }, 404, 'SourceArn parameter'],
    [
      'StartMessageMoveTask',
      { SourceArn: arnOf('dead'), DestinationArn: arnOf('gone') },
      404,
      'DestinationArn parameter',
    ],
    ['StartMessageMoveTask', { SourceArn: arnOf('orders') }, 400, 'must be configured as a Dead Letter Queue'],
    ['CancelMessageMoveTask', { TaskHandle: 'made up' }, 400, 'TaskHandle is invalid'],
  ])('%s refuses %j', async (action, input, status, message) => {
    const world = await start(0);
    await expect(world.call(action, input)).rejects.toMatchObject({
      status,
      message: expect.stringContaining(message),
    });
  });
});
