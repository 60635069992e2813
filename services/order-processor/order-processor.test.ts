import { ProvisionedThroughputExceededException, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { QueueDoesNotExist } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { VirtualKernel } from '../../simulator/kernel/virtual-kernel.ts';
import { FakeEvents, FakeProtection, FakeSqs, FakeTable } from './aws-for-tests.ts';
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
  const events = new FakeEvents();
  const protection = new FakeProtection(kernel);
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
    clients: { sqs: sqs.client, dynamodb: table.client, events: events.client, ecs: protection.client },
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
  return { kernel, sqs, table, events, protection, processor, logged, runTo, health, messages, order, startMs };
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

const reporting = {
  LOAD_REPORTS_TABLE_NAME: 'spillway-load',
  LOAD_REPORTS_SERVICE: 'order-processor',
  LOAD_REPORTS_DEADLINE_SECONDS: '120',
};
const plain = (attribute: unknown): unknown => {
  const { S, N, BOOL, L } = attribute as { S?: string; N?: string; BOOL?: boolean; L?: unknown[] };
  return S ?? BOOL ?? (N === undefined ? L?.map(plain) : Number(N));
};
const reports = (table: FakeTable): Record<string, unknown>[] =>
  table.puts.map((item) => Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)])));
const lastPoint = (report: Record<string, unknown> | undefined): readonly number[] =>
  ((report?.points ?? []) as number[][]).at(-1) ?? [];

describe('the load report', () => {
  it('is written at the start, so that a task counts from its first second', async () => {
    const { table, processor, runTo, startMs } = setUp({ env: reporting });
    processor.start();
    await runTo(1);
    expect(reports(table)).toEqual([
      {
        pk: 'order-processor',
        sk: '2026-01-05T09:00:00.000Z#abc',
        expiresAt: startMs / 1_000 + 3_600,
        task: 'abc',
        capacity: 'fargate',
        slots: 2,
        startedMs: startMs,
        everySeconds: 10,
        stopping: false,
        points: [[startMs, 0, 0, 0, 0, 0, 0, 0]],
        pickUpDelays: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        completionDelays: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      },
    ]);
  });

  it('counts work under way as busy, slot by slot', async () => {
    const { sqs, table, processor, runTo, startMs } = setUp({ env: { ...reporting, WORK_SECONDS_PER_ORDER: '8' } });
    processor.start();
    await runTo(1);
    sqs.put(orders, orderBody('a'));
    await runTo(5);
    sqs.put(orders, orderBody('b'));
    await runTo(11);
    // Nine seconds of the first slot: one order is done after 8 s; five of the second.
    expect(lastPoint(reports(table)[1])).toEqual([
      startMs + 10_000,
      2,
      0,
      1,
      0,
      13_000,
      startMs + 5_000,
      startMs + 5_000,
    ]);
  });

  it('comes every 10 s while messages waited, and every minute otherwise', async () => {
    const { sqs, table, processor, runTo, startMs } = setUp({ env: { ...reporting, WORK_SECONDS_PER_ORDER: '7' } });
    const times = () => reports(table).map(({ points }) => (lastPoint({ points })[0] ?? 0) - startMs);
    processor.start();
    await runTo(1);
    sqs.put(orders, orderBody('a'));
    await runTo(75);
    expect(times()).toEqual([0, 10_000, 70_000]);
    // Two fill the slots, and the third waits for 7 s, longer than the 5 s that speak of a queue.
    for (const digit of ['b', 'c', 'd']) sqs.put(orders, orderBody(digit));
    await runTo(93);
    expect(times()).toEqual([0, 10_000, 70_000, 82_000, 92_000]);
    expect(reports(table).at(-1)).toMatchObject({ everySeconds: 10 });
  });

  it('keeps the last seven points, and moves on to a new item every five minutes', async () => {
    const { table, processor, runTo } = setUp({ env: reporting });
    processor.start();
    await runTo(620);
    const newest = reports(table).at(-1);
    expect(newest?.points).toHaveLength(7);
    expect(new Set(reports(table).map(({ sk }) => sk))).toEqual(
      new Set(['2026-01-05T09:00:00.000Z#abc', '2026-01-05T09:05:00.000Z#abc', '2026-01-05T09:10:00.000Z#abc']),
    );
  });

  it('counts delays against the deadline, up to and beyond it', async () => {
    const { sqs, table, processor, runTo } = setUp({
      env: { ...reporting, LOAD_REPORTS_DEADLINE_SECONDS: '10', ORDERS_AT_A_TIME: '1', WORK_SECONDS_PER_ORDER: '5' },
    });
    for (const digit of ['a', 'b', 'c', 'd']) sqs.put(orders, orderBody(digit));
    processor.start();
    await runTo(30);
    // Picked up after 0, 5, 10 and 15 s, done after 5, 10, 15 and 20 s; the bounds are 2.5, 5, 7.5, 9, 10, 12.5, 15, 20 …
    expect(reports(table).at(-1)).toMatchObject({
      pickUpDelays: [1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0],
      completionDelays: [0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0],
    });
  });

  it('counts delays anew every five minutes, and none of them twice or never', async () => {
    const { sqs, table, processor, runTo } = setUp({ env: { ...reporting, WORK_SECONDS_PER_ORDER: '1' } });
    processor.start();
    let sent = 0;
    for (let second = 280; second < 320; second += 5) {
      await runTo(second);
      sqs.put(orders, orderBody((sent % 16).toString(16), { id: `ord-${String(sent).padStart(32, '0')}` }));
      sent += 1;
    }
    await runTo(420);
    const lastOfPeriod = new Map(reports(table).map((report) => [report.sk, report]));
    const picked = [...lastOfPeriod.values()].flatMap(({ pickUpDelays }) => pickUpDelays as number[]);
    expect(lastOfPeriod.size).toBe(2);
    expect(picked.reduce((all, count) => all + count)).toBe(sent);
  });

  it('says of orders of the premises only that they took work', async () => {
    const { sqs, table, processor, runTo } = setUp({ launchType: 'EXTERNAL', env: reporting });
    sqs.put(onprem, orderBody('b', { residency: 'onprem' }));
    processor.start();
    await runTo(11);
    expect(lastPoint(reports(table).at(-1)).slice(1)).toEqual([0, 1, 1, 0, 500, 0, 0]);
  });

  it('counts what could not be worked on', async () => {
    const { sqs, table, processor, runTo } = setUp({ env: reporting });
    sqs.put(orders, 'no order');
    processor.start();
    await runTo(11);
    expect(lastPoint(reports(table).at(-1))[4]).toBeGreaterThan(0);
  });

  it('says at once that the task stops, and at the end what it still completed', async () => {
    const { sqs, table, processor, runTo } = setUp({ env: { ...reporting, WORK_SECONDS_PER_ORDER: '4' } });
    sqs.put(orders, orderBody('a'));
    processor.start();
    await runTo(1);
    const stopped = processor.stop();
    await runTo(2);
    expect(reports(table).at(-1)).toMatchObject({ stopping: true });
    expect(lastPoint(reports(table).at(-1))[3]).toBe(0);
    await runTo(5);
    await stopped;
    expect(lastPoint(reports(table).at(-1))[3]).toBe(1);
  });

  it('that is refused disturbs nothing', async () => {
    const { sqs, table, processor, runTo, order, messages, health } = setUp({ env: reporting });
    table.putFailures.push(outage(), outage());
    sqs.put(orders, orderBody('a'));
    processor.start();
    await runTo(11);
    expect(order('a')).toBeDefined();
    expect(messages('load not reported')).toHaveLength(2);
    expect(await health()).toBe(200);
  });

  it('is not written by a probe, nor where no table is named', async () => {
    for (const env of [{ ...reporting, SPILLWAY_PROBE: '1' }, {}]) {
      const { table, processor, runTo } = setUp({ env });
      processor.start();
      await runTo(61);
      expect(table.puts).toEqual([]);
    }
  });
});

describe('the saturation event', () => {
  /** One slot of 5 s: the messages wait 0, 5, 10, 15, … s, and 120 s / 8 are 15. */
  const saturated = (count: number) => {
    const world = setUp({ env: { ...reporting, ORDERS_AT_A_TIME: '1', WORK_SECONDS_PER_ORDER: '5' } });
    for (let index = 0; index < count; index += 1) world.sqs.put(orders, orderBody(index.toString(16)));
    world.processor.start();
    return world;
  };

  it('is told when a message waited for an eighth of the deadline, and not before', async () => {
    const { events, runTo } = saturated(4);
    await runTo(14);
    expect(events.told).toEqual([]);
    await runTo(16);
    expect(events.told).toEqual([
      {
        source: 'order-processor',
        detailType: 'Queue Saturated',
        detail: { service: 'order-processor', queue: 'orders', queueDelaySeconds: 15, deadlineSeconds: 120 },
      },
    ]);
  });

  it('is told again after 30 s and not before', async () => {
    const { events, runTo } = saturated(12);
    await runTo(44);
    expect(events.told).toHaveLength(1);
    await runTo(46);
    expect(events.told).toHaveLength(2);
  });
});

describe('the protection of a busy task', () => {
  it('is asked for at the start of long work, and renewed once a minute', async () => {
    const { sqs, protection, processor, runTo, startMs } = setUp({
      env: { PROTECT_BUSY_TASK: '1', WORK_SECONDS_PER_ORDER: '150' },
    });
    sqs.put(orders, orderBody('a'));
    processor.start();
    await runTo(149);
    expect(protection.asked.map(([atMs, ...how]) => [atMs - startMs, ...how])).toEqual([
      [0, true, 3],
      [60_000, true, 3],
      [120_000, true, 3],
    ]);
  });

  it('outlasts the gap between two messages, and is given up when no other one comes', async () => {
    const { sqs, protection, processor, runTo, startMs } = setUp({
      env: { PROTECT_BUSY_TASK: '1', WORK_SECONDS_PER_ORDER: '40', ORDERS_AT_A_TIME: '1' },
    });
    sqs.put(orders, orderBody('a'));
    sqs.put(orders, orderBody('b'));
    processor.start();
    await runTo(81.9);
    expect(protection.asked.map(([atMs, enabled]) => [atMs - startMs, enabled])).toEqual([
      [0, true],
      [60_000, true],
    ]);
    await runTo(82.1);
    expect(protection.asked.map(([atMs, enabled]) => [atMs - startMs, enabled]).at(-1)).toEqual([82_000, false]);
  });

  /** Work of 150 s on two slots and a message every 100 s, which is received at once: one of the slots is always busy. */
  const overlapping = async (
    untilSeconds: number,
    options: Parameters<typeof setUp>[0] & { readonly lateSeconds?: number } = {},
  ) => {
    const env = { PROTECT_BUSY_TASK: '1', WORK_SECONDS_PER_ORDER: '150', ...options.env };
    const world = setUp({ ...options, env });
    world.processor.start();
    for (let sent = 0; sent * 100 < untilSeconds; sent += 1) {
      const id = `ord-${String(sent).padStart(32, '0')}`;
      world.kernel.after(sent * 100_000, 'send', () =>
        world.sqs.put(orders, orderBody('a', { id }), options.lateSeconds),
      );
    }
    await world.runTo(untilSeconds);
    const { asked } = world.protection;
    return {
      ...world,
      changes: asked
        .filter(([, enabled], index) => enabled !== asked[index - 1]?.[1])
        .map(([atMs, enabled]) => [(atMs - world.startMs) / 1_000, enabled]),
    };
  };

  it('of a task in Fargate ends though its messages overlap: after five minutes it takes no other one until all are done', async () => {
    const { changes, sqs, runTo } = await overlapping(700);
    // The message of 300 s came before the five minutes were over, and is done at 450 s; that of 400 s waits until 480 s.
    expect(changes).toEqual([
      [0, true],
      [450, false],
      [480, true],
    ]);
    await runTo(900);
    expect(sqs.left(orders)).toBe(0);
  });

  it('lasts an hour while messages have waited long, and on premises: whoever rests then makes others late', async () => {
    for (const options of [{ lateSeconds: 15 }, { launchType: 'EXTERNAL' as const }]) {
      const { changes } = await overlapping(4_000, options);
      expect(changes).toEqual([
        [0, true],
        [3_750, false],
        [3_780, true],
      ]);
    }
    // An eighth of the deadline is long.
    expect((await overlapping(700, { lateSeconds: 14 })).changes[1]).toEqual([450, false]);
  });

  it('keeps no task from stopping that rests, or that waits for its last messages to do so', async () => {
    for (const [second, within] of [
      [460, 0],
      [440, 10],
    ] as const) {
      const { processor, runTo, messages } = await overlapping(second);
      let stopped = false;
      void processor.stop().then(() => {
        stopped = true;
      });
      await runTo(second + within + 0.1);
      expect(stopped).toBe(true);
      expect(messages('order given back')).toEqual([]);
    }
  });

  it('is never asked for where messages are short', async () => {
    const { sqs, protection, processor, runTo } = setUp({ env: { WORK_SECONDS_PER_ORDER: '150' } });
    sqs.put(orders, orderBody('a'));
    processor.start();
    await runTo(149);
    expect(protection.asked).toEqual([]);
  });
});
