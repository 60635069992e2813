import type {
  DescribeLogStreamsResponse,
  FilterLogEventsResponse,
  GetLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, it } from 'vitest';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import { readFilterPattern } from './filter-pattern.ts';
import { LogsService } from './logs-service.ts';

const logGroupName = '/app/web';
const startMs = Date.parse('2026-01-05T09:00:00Z');

const start = async (): Promise<LoneService<LogsService>> => {
  const world = loneService((ctx) => new LogsService(ctx));
  await world.call('CreateLogGroup', { logGroupName });
  await world.call('CreateLogStream', { logGroupName, logStreamName: 'one' });
  return world;
};

const put = (world: LoneService<LogsService>, ...messages: string[]) =>
  world.call('PutLogEvents', {
    logGroupName,
    logStreamName: 'one',
    logEvents: messages.map((message) => ({ message, timestamp: world.kernel.now() })),
  });

const get = (world: LoneService<LogsService>, more: object = {}) =>
  world.call<GetLogEventsResponse>('GetLogEvents', { logGroupName, logStreamName: 'one', ...more });

const filter = async (world: LoneService<LogsService>, more: object = {}) => {
  const answer = await world.call<FilterLogEventsResponse>('FilterLogEvents', { logGroupName, ...more });
  return { ...answer, messages: answer.events?.map(({ message }) => message) };
};

describe('log events', () => {
  it('are read from the head or the tail, and on from there by token', async () => {
    const world = await start();
    await put(world, 'a', 'b', 'c');
    const head = await get(world, { startFromHead: true, limit: 2 });
    expect(head.events?.map(({ message }) => message)).toEqual(['a', 'b']);
    const next = await get(world, { nextToken: head.nextForwardToken });
    expect(next.events).toEqual([{ message: 'c', timestamp: startMs, ingestionTime: startMs }]);
    const end = await get(world, { nextToken: next.nextForwardToken });
    expect(end).toMatchObject({ events: [], nextForwardToken: next.nextForwardToken });
    const tail = await get(world, { limit: 1 });
    expect(tail.events?.map(({ message }) => message)).toEqual(['c']);
    const back = await get(world, { nextToken: tail.nextBackwardToken });
    expect(back.events?.map(({ message }) => message)).toEqual(['a', 'b']);
  });

  it('of all streams are filtered in the order of time, page by page', async () => {
    const world = await start();
    await put(world, 'a1');
    await world.pass(1);
    world.service.append({ group: logGroupName, stream: 'two', message: 'b2' });
    await world.pass(1);
    await put(world, 'a3');
    const page = await filter(world, { limit: 2 });
    expect(page.messages).toEqual(['a1', 'b2']);
    expect((await filter(world, { nextToken: page.nextToken })).messages).toEqual(['a3']);
    expect((await filter(world, { filterPattern: 'a' })).messages).toEqual(['a1', 'a3']);
    expect((await filter(world, { logStreamNames: ['two'] })).messages).toEqual(['b2']);
    expect((await filter(world, { startTime: startMs + 1, endTime: startMs + 1 })).messages).toEqual(['b2']);
  });

  it('must come in the order of time, and not from too far away', async () => {
    const world = await start();
    const batch = (...offsets: number[]) =>
      world.call('PutLogEvents', {
        logGroupName,
        logStreamName: 'one',
        logEvents: offsets.map((offset) => ({ message: `${offset}`, timestamp: startMs + offset })),
      });
    await expect(batch(1, 0)).rejects.toThrow('must be in chronological order');
    expect(await batch(-15 * 86_400_000, 0, 3 * 3_600_000)).toMatchObject({
      rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 2 },
    });
    expect((await filter(world)).messages).toEqual(['0']);
  });

  it('are dropped by retention', async () => {
    const world = await start();
    await world.call('PutRetentionPolicy', { logGroupName, retentionInDays: 1 });
    await put(world, 'a');
    await world.pass(86_400_000);
    expect((await filter(world)).messages).toEqual(['a']);
    await world.pass(1);
    expect((await filter(world)).messages).toEqual([]);
  });

  it('are kept up to a bound, the newest of them', async () => {
    const world = await start();
    for (let index = 0; index < 30_000; index += 1)
      world.service.append({ group: logGroupName, stream: 'one', message: `${index}` });
    const { length } = world.service.group(logGroupName).stream('one').events;
    expect(length).toBeGreaterThanOrEqual(10_000);
    expect(length).toBeLessThanOrEqual(11_000);
    expect((await get(world, { limit: 1 })).events?.[0]?.message).toBe('29999');
  });
});

describe('groups and streams', () => {
  it('are made by whoever writes from inside AWS', async () => {
    const world = loneService((ctx) => new LogsService(ctx));
    world.service.append({ group: '/aws/lambda/f', stream: 's', message: 'hello' });
    expect(
      await world.call<DescribeLogStreamsResponse>('DescribeLogStreams', { logGroupName: '/aws/lambda/f' }),
    ).toMatchObject({ logStreams: [{ logStreamName: 's', lastEventTimestamp: startMs }] });
  });

  it('say what is missing, or there already', async () => {
    const world = await start();
    await expect(world.call('CreateLogGroup', { logGroupName })).rejects.toMatchObject({
      code: 'ResourceAlreadyExistsException',
    });
    await expect(get(world, { logStreamName: 'nothing' })).rejects.toThrow('The specified log stream does not exist.');
    await expect(get(world, { logGroupName: 'nothing' })).rejects.toThrow('The specified log group does not exist.');
  });

  it('ask IAM for the ARN of a stream', async () => {
    const world = await start();
    const arn = 'arn:aws:logs:us-east-1:123456789012:log-group:/app/web:log-stream:';
    expect(world.asked).toEqual([
      [{ action: 'logs:CreateLogGroup', resource: arn }],
      [{ action: 'logs:CreateLogStream', resource: `${arn}one` }],
    ]);
  });
});

describe('lines in the embedded metric format', () => {
  it('become metrics, one for each set of dimensions and each value, at the time of the event', async () => {
    const world = await start();
    const line = JSON.stringify({
      _aws: {
        Timestamp: 1,
        CloudWatchMetrics: [
          {
            Namespace: 'Orders',
            Dimensions: [['service'], []],
            Metrics: [{ Name: 'delay', Unit: 'Milliseconds' }, { Name: 'absent' }],
          },
        ],
      },
      service: 'processor',
      delay: [5, 7],
    });
    world.service.append({ group: logGroupName, stream: 'one', message: line });
    const metric = { namespace: 'Orders', name: 'delay', unit: 'Milliseconds', atMs: startMs };
    expect(world.metrics).toEqual([
      { ...metric, dimensions: { service: 'processor' }, value: 5 },
      { ...metric, dimensions: { service: 'processor' }, value: 7 },
      { ...metric, dimensions: {}, value: 5 },
      { ...metric, dimensions: {}, value: 7 },
    ]);
  });

  it('are lines like others when they are malformed', async () => {
    const world = await start();
    for (const message of ['{"_aws"', '{"_aws": 1}', '{"_aws": {"CloudWatchMetrics": [{}]}}'])
      world.service.append({ group: logGroupName, stream: 'one', message });
    expect(world.metrics).toEqual([]);
  });
});

describe('filter patterns', () => {
  it.each<[string, string, boolean]>([
    ['', 'anything', true],
    ['ERROR disk', 'disk ERROR', true],
    ['ERROR disk', 'ERROR', false],
    ['"disk full"', 'the disk full of', true],
    ['ERROR -retry', 'ERROR, retry', false],
    ['?ERROR ?WARN', 'WARN', true],
    ['?ERROR ?WARN', 'INFO', false],
    ['{ $.level = "ERROR" }', '{"level":"ERROR"}', true],
    ['{ $.level = "ERR*" }', '{"level":"ERROR"}', true],
    ['{ $.level != "ERROR" }', '{"level":"INFO"}', true],
    ['{ $.order.size >= 5 && $.order.items[0] = 7 }', '{"order":{"size":5,"items":[7]}}', true],
    ['{ ($.a = 1 || $.b = 2) && $.c = 3 }', '{"b":2,"c":4}', false],
    ['{ $.ok IS TRUE }', '{"ok":true}', true],
    ['{ $.gone NOT EXISTS }', '{"ok":true}', true],
    ['{ $.level = "ERROR" }', 'level ERROR', false],
  ])('%s on %s: %s', (pattern, message, expected) => {
    expect(readFilterPattern(pattern)(message)).toBe(expected);
  });

  it('are refused by name where they are not modelled', () => {
    expect(() => readFilterPattern('[a, b]')).toThrow('space-delimited filter patterns');
    expect(() => readFilterPattern('{ $.a }')).toThrow('Invalid filter pattern');
  });
});
