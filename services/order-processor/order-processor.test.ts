import { ProvisionedThroughputExceededException, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { QueueDoesNotExist } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { VirtualKernel } from '../../simulator/kernel/virtual-kernel.ts';
import { FakeSqs, FakeTable } from './aws-for-tests.ts';
import { create } from './order-processor.ts';

const orders = 'https://sqs.example/orders';
const onprem = 'https://sqs.example/orders-onprem';

const orderBody = (digit: string, changes: Record<string, unknown> = {}): string =>
  JSON.stringify({
    id: `ord-${digit.repeat(32)}`,
    fingerprint: `content of ${digit}`,
    residency: 'any',
    acceptedAt: '2026-01-05T08:59:58.000Z',
    items: [{ sku: 'rope-coil', quantity: 2 }],
    ...changes,
  });

const setUp = (options: { launchType?: 'EXTERNAL' | 'FARGATE'; env?: Record<string, string> } = {}) => {
  const kernel = new VirtualKernel({ seed: 1, startMs: Date.parse('2026-01-05T09:00:00Z') });
  const startMs = kernel.now();
  const sqs = new FakeSqs(kernel);
  const table = new FakeTable();
  const logged: Record<string, unknown>[] = [];
  const processor = create({
    env: {
      ORDERS_QUEUE_URL: orders,
      ORDERS_ONPREM_QUEUE_URL: onprem,
      ORDERS_TABLE_NAME: 'orders',
      WORK_SECONDS_PER_ORDER: '0.5',
      ORDERS_AT_A_TIME: '2',
      ...options.env,
    },
    clients: { sqs: sqs.client, dynamodb: table.client },
    clock: {
      now: () => kernel.now(),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const timer = kernel.after(ms, 'sleep', resolve);
          signal?.addEventListener('abort', () => {
            timer.cancel();
            reject(new DOMException('aborted', 'AbortError'));
          });
        }),
    },
    task: { arn: 'arn:aws:ecs:us-east-1:123456789012:task/spillway/abc', launchType: options.launchType ?? 'FARGATE' },
    log: (entry) => logged.push(entry),
  });
  const runTo = (seconds: number) => kernel.run({ untilMs: startMs + seconds * 1_000 });
  const health = async () => (await processor.fetch(new Request('http://task/healthz'))).status;
  const messages = (text: string) => logged.filter((entry) => entry.message === text);
  const order = (digit: string) => table.items.get(`ord-${digit.repeat(32)}`);
  return { kernel, sqs, table, processor, logged, runTo, health, messages, order, startMs };
};

const outage = () => new Error('connect ETIMEDOUT');

describe('an order', () => {
  it('has its effect in the table and leaves the queue', async () => {
    const { sqs, processor, runTo, order, messages } = setUp();
    processor.start();
    sqs.put(orders, orderBody('a'));
    await runTo(1);
    expect(order('a')).toEqual({
      id: { S: `ord-${'a'.repeat(32)}` },
      status: { S: 'processed' },
      acceptedAt: { S: '2026-01-05T08:59:58.000Z' },
      processedAt: { S: '2026-01-05T09:00:00.500Z' },
      processedOn: {
        M: { capacity: { S: 'fargate' }, task: { S: 'arn:aws:ecs:us-east-1:123456789012:task/spillway/abc' } },
      },
      residency: { S: 'any' },
      fingerprint: { S: 'content of a' },
      effects: { N: '1' },
    });
    expect(sqs.left(orders)).toBe(0);
    expect(messages('order processed')).toMatchObject([
      { orderId: `ord-${'a'.repeat(32)}`, queueDelayMs: 0, workMs: 500 },
    ]);
  });

  it('keeps the time at which the API recorded it as accepted', async () => {
    const { sqs, table, processor, runTo, order } = setUp();
    table.items.set(`ord-${'a'.repeat(32)}`, {
      id: { S: `ord-${'a'.repeat(32)}` },
      fingerprint: { S: 'content of a' },
      acceptedAt: { S: '2026-01-05T08:00:00.000Z' },
    });
    processor.start();
    sqs.put(orders, orderBody('a'));
    await runTo(1);
    expect(order('a')).toMatchObject({ acceptedAt: { S: '2026-01-05T08:00:00.000Z' }, effects: { N: '1' } });
  });

  it('has its effect once although it is delivered three times, twice at the same moment', async () => {
    const { sqs, processor, runTo, order, messages } = setUp();
    processor.start();
    sqs.put(orders, orderBody('a'));
    sqs.put(orders, orderBody('a'));
    await runTo(1);
    sqs.put(orders, orderBody('a'));
    await runTo(2);
    expect(order('a')).toMatchObject({ effects: { N: '1' }, processedAt: { S: '2026-01-05T09:00:00.500Z' } });
    expect(messages('order not processed: repeated')).toHaveLength(2);
    expect(sqs.left(orders)).toBe(0);
  });

  it('has no effect when its id belongs to an order with other content', async () => {
    const { sqs, table, processor, runTo, order, messages } = setUp();
    table.items.set(`ord-${'a'.repeat(32)}`, { id: { S: `ord-${'a'.repeat(32)}` }, fingerprint: { S: 'another' } });
    processor.start();
    sqs.put(orders, orderBody('a'));
    await runTo(1);
    expect(order('a')?.processedAt).toBeUndefined();
    expect(messages('order not processed: other-order')).toHaveLength(1);
    expect(sqs.left(orders)).toBe(0);
  });

  it('stays invisible while it is worked on, by a heartbeat every third of the timeout', async () => {
    const { sqs, processor, runTo, startMs, order } = setUp({ env: { WORK_SECONDS_PER_ORDER: '65' } });
    processor.start();
    sqs.put(orders, orderBody('a'));
    await runTo(64);
    expect(sqs.visibilityChanges.map(({ atMs, seconds }) => [atMs - startMs, seconds])).toEqual([
      [10_000, 30],
      [20_000, 30],
      [30_000, 30],
      [40_000, 30],
      [50_000, 30],
      [60_000, 30],
    ]);
    await runTo(66);
    expect(order('a')?.effects).toEqual({ N: '1' });
    expect(sqs.visibilityChanges).toHaveLength(6);
  });
});

describe('receiving', () => {
  it('works on no more orders than ORDERS_AT_A_TIME and asks for no more than it has room for', async () => {
    const { sqs, processor, runTo } = setUp({ env: { ORDERS_AT_A_TIME: '3' } });
    for (let index = 0; index < 9; index += 1) sqs.put(orders, orderBody(String(index)));
    processor.start();
    await runTo(0.4);
    expect(sqs.visible(orders)).toBe(6);
    await runTo(0.9);
    expect(sqs.visible(orders)).toBe(3);
    await runTo(1.6);
    expect(sqs.left(orders)).toBe(0);
    expect(Math.max(...sqs.asked)).toBe(3);
  });

  it('reads the queue of the premises on premises only', async () => {
    const fargate = setUp({ launchType: 'FARGATE' });
    const external = setUp({ launchType: 'EXTERNAL' });
    for (const { sqs, processor, runTo } of [fargate, external]) {
      sqs.put(onprem, orderBody('b', { residency: 'onprem' }));
      processor.start();
      await runTo(1);
    }
    expect(fargate.sqs.left(onprem)).toBe(1);
    expect(fargate.sqs.polling).toEqual([orders]);
    expect(external.order('b')).toMatchObject({ processedOn: { M: { capacity: { S: 'external' } } } });
  });

  it('keeps every slot busy from one full queue while the other one is empty', async () => {
    const { sqs, processor, runTo } = setUp({ launchType: 'EXTERNAL' });
    processor.start();
    await runTo(1);
    for (let index = 0; index < 8; index += 1) sqs.put(orders, orderBody(String(index)));
    await runTo(3.1);
    expect(sqs.left(orders)).toBe(0);
  });

  it('serves both queues while both are full, and works on no more than ORDERS_AT_A_TIME', async () => {
    const { sqs, processor, runTo, table } = setUp({ launchType: 'EXTERNAL' });
    for (const digit of ['0', '1', '2', '3', '4', '5']) sqs.put(orders, orderBody(digit));
    for (const digit of ['a', 'b', 'c', 'd', 'e', 'f']) sqs.put(onprem, orderBody(digit));
    processor.start();
    await runTo(0.4);
    // Two in work, and the one that came from the other queue while both slots were taken.
    expect(12 - sqs.visible(orders) - sqs.visible(onprem)).toBe(3);
    await runTo(1.6);
    expect(table.items.size).toBe(6);
    expect(sqs.left(orders)).toBeLessThan(6);
    expect(sqs.left(onprem)).toBeLessThan(6);
  });

  it('backs off by doubling from half a second to 30 s and goes on when the queue answers again', async () => {
    const { sqs, processor, runTo, messages, order, health } = setUp();
    sqs.failures.push({ command: 'ReceiveMessageCommand', error: outage(), times: 9 });
    processor.start();
    await runTo(121);
    expect(messages('receiving from orders failed').map((entry) => entry.againInMs)).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
    expect(await health()).toBe(200);
    sqs.put(orders, orderBody('a'));
    await runTo(123);
    expect(order('a')?.effects).toEqual({ N: '1' });
  });

  it('does no work as a probe, and is healthy', async () => {
    const { sqs, processor, runTo, health } = setUp({ env: { SPILLWAY_PROBE: '1' } });
    sqs.put(orders, orderBody('a'));
    processor.start();
    await runTo(1);
    expect(sqs.visible(orders)).toBe(1);
    expect(await health()).toBe(200);
  });
});

describe('a poison message', () => {
  it.each([
    ['not JSON', 'hello', 'the body is not JSON'],
    ['not an order', '{"id":"ord-1","items":[]}', 'not an order: id, fingerprint, residency, acceptedAt, items'],
  ])('that is %s is left to the redrive policy, and is back soon', async (_, body, reason) => {
    const { sqs, processor, runTo, messages } = setUp();
    processor.start();
    sqs.put(orders, body);
    await runTo(0.5);
    expect(messages('poison')).toMatchObject([{ reason, receives: 1 }]);
    await runTo(4.5);
    expect(sqs.receives(orders)).toEqual([5]);
    expect(messages('poison')).toHaveLength(5);
    expect(JSON.stringify(messages('poison'))).not.toContain('hello');
  });
});

describe('the table', () => {
  it('may throttle: the order is held, invisible, until its effect is written', async () => {
    const { sqs, table, processor, runTo, order, health } = setUp();
    const throttled = () => new ProvisionedThroughputExceededException({ message: 'slow down', $metadata: {} });
    table.failures.push(...Array.from({ length: 8 }, throttled));
    processor.start();
    sqs.put(orders, orderBody('a'));
    await runTo(80);
    expect(sqs.visible(orders)).toBe(0);
    expect(await health()).toBe(200);
    await runTo(100);
    expect(order('a')?.effects).toEqual({ N: '1' });
    expect(sqs.receives(orders)).toEqual([]);
  });

  it('may refuse: after 60 s the task is unhealthy, and no order has gone to the dead-letter queue', async () => {
    const { sqs, table, processor, runTo, health } = setUp();
    table.failures.push(
      ...Array.from({ length: 50 }, () => new ResourceNotFoundException({ message: 'no such table', $metadata: {} })),
    );
    processor.start();
    sqs.put(orders, orderBody('a'));
    await runTo(60);
    expect(await health()).toBe(200);
    await runTo(61);
    expect(await health()).toBe(503);
    expect(sqs.receives(orders)).toEqual([1]);
  });
});

describe('health', () => {
  it('is bad when the queue has refused receives for 60 s, and good again when it answers', async () => {
    const { sqs, processor, runTo, health } = setUp();
    const error = new QueueDoesNotExist({ message: 'no such queue', $metadata: {} });
    sqs.failures.push({ command: 'ReceiveMessageCommand', error, times: 9 });
    processor.start();
    await runTo(60);
    expect(await health()).toBe(200);
    await runTo(61);
    expect(await health()).toBe(503);
    await runTo(142);
    expect(await health()).toBe(200);
  });

  it('is bad when a receive has not come back for 60 s', async () => {
    const { sqs, processor, runTo, health } = setUp();
    Object.assign(sqs.client, { send: () => new Promise(() => {}) });
    processor.start();
    await runTo(60);
    expect(await health()).toBe(200);
    await runTo(60.001);
    expect(await health()).toBe(503);
  });

  it('is good while all slots are busy with long work', async () => {
    const { sqs, processor, runTo, health } = setUp({ env: { WORK_SECONDS_PER_ORDER: '300' } });
    for (const digit of ['0', '1', '2']) sqs.put(orders, orderBody(digit));
    processor.start();
    await runTo(200);
    expect(await health()).toBe(200);
  });
});

describe('stop', () => {
  it('ends the long poll at once', async () => {
    const { kernel, sqs, processor, runTo } = setUp({ launchType: 'EXTERNAL' });
    processor.start();
    await runTo(1);
    expect(sqs.polling).toEqual([orders, onprem]);
    let stopped = false;
    void processor.stop().then(() => {
      stopped = true;
    });
    await kernel.run({ untilMs: kernel.now() });
    expect(sqs.polling).toEqual([]);
    expect(stopped).toBe(true);
  });

  it('finishes the order in hand and takes no other', async () => {
    const { sqs, processor, runTo, order } = setUp({ env: { ORDERS_AT_A_TIME: '1', WORK_SECONDS_PER_ORDER: '20' } });
    sqs.put(orders, orderBody('a'));
    sqs.put(orders, orderBody('b'));
    processor.start();
    await runTo(1);
    const stopped = processor.stop();
    await runTo(30);
    await stopped;
    expect(order('a')?.effects).toEqual({ N: '1' });
    expect(order('b')).toBeUndefined();
    expect(sqs.receives(orders)).toEqual([0]);
  });

  it('gives an order back that the stop timeout does not suffice for', async () => {
    const { kernel, sqs, processor, runTo, order } = setUp({
      env: { WORK_SECONDS_PER_ORDER: '60', STOP_TIMEOUT_SECONDS: '30' },
    });
    sqs.put(orders, orderBody('a'));
    processor.start();
    await runTo(1);
    let stoppedMs = 0;
    void processor.stop().then(() => {
      stoppedMs = kernel.now();
    });
    await runTo(25.9);
    expect(sqs.visible(orders)).toBe(0);
    await runTo(26);
    expect(sqs.visible(orders)).toBe(1);
    expect(stoppedMs).toBe(Date.parse('2026-01-05T09:00:26Z'));
    expect(order('a')).toBeUndefined();
  });

  it('gives back what waits for a slot', async () => {
    const { sqs, processor, runTo } = setUp({
      launchType: 'EXTERNAL',
      env: { ORDERS_AT_A_TIME: '1', WORK_SECONDS_PER_ORDER: '10' },
    });
    processor.start();
    await runTo(0.1);
    sqs.put(orders, orderBody('a'));
    sqs.put(onprem, orderBody('b'));
    await runTo(1);
    expect([sqs.visible(orders), sqs.visible(onprem)]).toEqual([0, 0]);
    const stopped = processor.stop();
    await runTo(2);
    expect([sqs.visible(orders), sqs.visible(onprem)]).toEqual([0, 1]);
    await runTo(12);
    await stopped;
    expect(sqs.left(orders)).toBe(0);
  });
});
