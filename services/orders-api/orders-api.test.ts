import { ConditionalCheckFailedException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { QueueDoesNotExist, RequestThrottled, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { create } from './orders-api.ts';

type Item = Record<string, unknown>;

const setUp = () => {
  const sent: { readonly queueUrl: string | undefined; readonly body: Record<string, unknown> }[] = [];
  const items = new Map<string, Item>();
  const failing: { queue?: Error; read?: Error; write?: Error } = {};
  /** Runs between the read and the write, as another request might. */
  const meanwhile: { act?: () => unknown } = {};
  const logged: Record<string, unknown>[] = [];
  const dynamodb = {
    send: async (command: unknown) => {
      if (command instanceof GetItemCommand) {
        if (failing.read) throw failing.read;
        return { Item: items.get(command.input.Key?.id?.S ?? '') };
      }
      if (!(command instanceof PutItemCommand)) throw new Error('no fake for this command');
      if (failing.write) throw failing.write;
      const item = command.input.Item ?? {};
      const old = items.get(item.id?.S ?? '');
      if (old && command.input.ConditionExpression === 'attribute_not_exists(id)')
        throw new ConditionalCheckFailedException({ message: 'failed', $metadata: {}, Item: old as never });
      items.set(item.id?.S ?? '', item);
      return {};
    },
  };
  const sqs = {
    send: async (command: unknown) => {
      if (!(command instanceof SendMessageCommand)) throw new Error('no fake for this command');
      if (failing.queue) throw failing.queue;
      sent.push({ queueUrl: command.input.QueueUrl, body: JSON.parse(command.input.MessageBody ?? '') });
      await meanwhile.act?.();
      return {};
    },
  };
  const api = create({
    env: { ORDERS_QUEUE_URL: 'queue/orders', ORDERS_ONPREM_QUEUE_URL: 'queue/onprem', ORDERS_TABLE_NAME: 'orders' },
    clients: { sqs: sqs as never, dynamodb: dynamodb as never },
    clock: { now: () => Date.parse('2026-01-05T09:00:00Z') },
    log: (entry) => logged.push(entry),
  });
  const call = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) => {
    const response = await api.fetch(new Request(`http://store${path}`, { method, headers, body }));
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      content: text ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  };
  const place = (key: string, order: unknown, headers: Record<string, string> = {}) =>
    call(
      'POST',
      '/api/orders',
      { 'content-type': 'application/json', 'idempotency-key': key, ...headers },
      typeof order === 'string' ? order : JSON.stringify(order),
    );
  return { api, call, place, sent, items, failing, meanwhile, logged };
};

const rope = { items: [{ sku: 'rope-coil', quantity: 2 }] };
/** The id that belongs to the key `key-1`, in every task and for ever. */
const firstId = 'ord-be2974546978e3739e6d6da85c4be9f3';

describe('placing an order', () => {
  it('puts it on the queue, records it, and answers 202 with the id and where to look', async () => {
    const { place, sent, items } = setUp();
    const { status, headers, content } = await place('key-1', rope);
    expect(status).toBe(202);
    expect(content).toEqual({ id: firstId, status: 'accepted', links: { self: `/api/orders/${firstId}` } });
    expect(headers.get('location')).toBe(`/api/orders/${firstId}`);
    expect(sent).toMatchObject([
      {
        queueUrl: 'queue/orders',
        body: { id: firstId, residency: 'any', acceptedAt: '2026-01-05T09:00:00.000Z', items: rope.items },
      },
    ]);
    expect(items.get(firstId)).toMatchObject({ status: { S: 'accepted' } });
  });

  it('sends what is bound to the premises to the queue of the premises', async () => {
    const { place, sent } = setUp();
    await place('key-1', { ...rope, residency: 'onprem' });
    expect(sent.map(({ queueUrl }) => queueUrl)).toEqual(['queue/onprem']);
  });

  it('answers the same for the same key and the same order, however it is written, and queues it once', async () => {
    const { place, sent } = setUp();
    const first = await place('key-1', rope);
    const second = await place('key-1', '{ "residency": "any", "items": [{ "quantity": 2, "sku": "rope-coil" }] }');
    expect(second.status).toBe(202);
    expect(second.content).toEqual(first.content);
    expect(sent).toHaveLength(1);
  });

  it('refuses the same key for another order and queues nothing for it', async () => {
    const { place, sent } = setUp();
    await place('key-1', rope);
    const { status, content } = await place('key-1', { ...rope, residency: 'onprem' });
    expect(status).toBe(422);
    expect(content).toMatchObject({ type: 'urn:orders-api:problem:idempotency-key-reused', status: 422 });
    expect(sent).toHaveLength(1);
  });

  it('refuses the later of two different orders that race with one key', async () => {
    const { place, items, meanwhile } = setUp();
    meanwhile.act = () => items.set(firstId, { id: { S: firstId }, fingerprint: { S: 'of the other order' } });
    const { status } = await place('key-1', rope);
    expect(status).toBe(422);
  });

  it('accepts although the table can be neither read nor written: the message is what counts', async () => {
    const { place, sent, failing, logged } = setUp();
    failing.read = new Error('table away');
    failing.write = new Error('table away');
    const { status } = await place('key-1', rope);
    expect(status).toBe(202);
    expect(sent).toHaveLength(1);
    expect(logged.map((entry) => entry.message)).toEqual([
      'orders table not read',
      'order not recorded as accepted',
      'request',
    ]);
  });

  it('accepts again when the processor was faster than the record', async () => {
    const { place, items, sent, meanwhile } = setUp();
    meanwhile.act = () => {
      const fingerprint = String(sent[0]?.body.fingerprint);
      items.set(firstId, { id: { S: firstId }, fingerprint: { S: fingerprint }, processedAt: { S: 'then' } });
    };
    expect((await place('key-1', rope)).status).toBe(202);
    expect(items.get(firstId)).toHaveProperty('processedAt');
  });

  it.each([
    ['throttles', new RequestThrottled({ message: 'slow down', $metadata: {} }), 503],
    ['cannot be reached', new Error('connect ETIMEDOUT'), 503],
    ['does not exist', new QueueDoesNotExist({ message: 'no such queue', $metadata: {} }), 500],
  ])('is not accepted when the queue %s', async (_, error, expected) => {
    const { place, items, failing } = setUp();
    failing.queue = error;
    const { status, headers, content } = await place('key-1', rope);
    expect(status).toBe(expected);
    expect(content.status).toBe(expected);
    expect(headers.get('retry-after')).toBe(expected === 503 ? '5' : null);
    expect(items.size).toBe(0);
  });
});

describe('input', () => {
  it.each([
    ['no key', { 'idempotency-key': '' }, rope, 400],
    ['a key of 255 characters', { 'idempotency-key': 'k'.repeat(255) }, rope, 202],
    ['a key of 256 characters', { 'idempotency-key': 'k'.repeat(256) }, rope, 400],
    ['a key that is not ASCII', { 'idempotency-key': 'clé' }, rope, 400],
    ['another content type', { 'content-type': 'text/plain' }, rope, 415],
    ['a content type with a parameter', { 'content-type': 'Application/JSON; charset=utf-8' }, rope, 202],
    ['no JSON', {}, '{"items":', 400],
    ['more than 16 KiB', {}, `${' '.repeat(16 * 1024)}{}`, 413],
    ['no items', {}, { items: [] }, 422],
    ['50 items', {}, { items: Array.from({ length: 50 }, () => rope.items[0]) }, 202],
    ['51 items', {}, { items: Array.from({ length: 51 }, () => rope.items[0]) }, 422],
    ['a quantity of 0', {}, { items: [{ sku: 'rope', quantity: 0 }] }, 422],
    ['a quantity of 1,000', {}, { items: [{ sku: 'rope', quantity: 1_000 }] }, 202],
    ['a quantity of 1,001', {}, { items: [{ sku: 'rope', quantity: 1_001 }] }, 422],
    ['a sku with a space', {}, { items: [{ sku: 'a rope', quantity: 1 }] }, 422],
    ['a misspelt field', {}, { ...rope, residencey: 'onprem' }, 422],
    ['another residency', {}, { ...rope, residency: 'moon' }, 422],
  ])('with %s', async (_, headers, order, expected) => {
    const { place } = setUp();
    const { status, headers: answered, content } = await place('key-1', order, headers as Record<string, string>);
    expect(status).toBe(expected);
    if (expected === 202) return;
    expect(answered.get('content-type')).toBe('application/problem+json');
    expect(content).toEqual({
      type: expect.any(String),
      title: expect.any(String),
      status: expected,
      detail: expect.any(String),
      instance: '/api/orders',
      ...(expected === 422 && { errors: expect.any(Array) }),
    });
  });

  it('that is wrong in one field is told by a pointer to it', async () => {
    const { place } = setUp();
    const { content } = await place('key-1', { items: [rope.items[0], { sku: 'rope', quantity: -1 }] });
    expect(content.errors).toMatchObject([{ pointer: '/items/1/quantity' }]);
  });
});

describe('looking at an order', () => {
  it('shows it as accepted, with no effect yet', async () => {
    const { call, place } = setUp();
    await place('key-1', rope);
    const { status, content } = await call('GET', `/api/orders/${firstId}`);
    expect(status).toBe(200);
    expect(content).toEqual({ id: firstId, status: 'accepted', acceptedAt: '2026-01-05T09:00:00.000Z', effects: 0 });
  });

  it('shows where and when it was processed', async () => {
    const { call, items } = setUp();
    items.set(firstId, {
      id: { S: firstId },
      status: { S: 'processed' },
      fingerprint: { S: 'f' },
      acceptedAt: { S: '2026-01-05T09:00:00.000Z' },
      processedAt: { S: '2026-01-05T09:00:02.000Z' },
      processedOn: { M: { capacity: { S: 'external' }, task: { S: 'arn:task' } } },
      effects: { N: '1' },
    });
    expect((await call('GET', `/api/orders/${firstId}`)).content).toEqual({
      id: firstId,
      status: 'processed',
      acceptedAt: '2026-01-05T09:00:00.000Z',
      processedAt: '2026-01-05T09:00:02.000Z',
      processedOn: { capacity: 'external', task: 'arn:task' },
      effects: 1,
    });
  });

  it.each(['/api/orders/ord-00000000000000000000000000000000', '/api/orders/nonsense', '/api/orders/', '/nowhere'])(
    'is 404 at %s',
    async (path) => {
      const { call } = setUp();
      const { status, content } = await call('GET', path);
      expect(status).toBe(404);
      expect(content).toMatchObject({ status: 404, instance: path });
    },
  );

  it('is 503 while the table cannot be read', async () => {
    const { call, failing } = setUp();
    failing.read = new Error('table away');
    expect((await call('GET', `/api/orders/${firstId}`)).status).toBe(503);
  });
});

describe('the service', () => {
  it.each([
    ['GET', '/api/orders', 'POST'],
    ['DELETE', `/api/orders/${firstId}`, 'GET, HEAD'],
    ['POST', '/healthz', 'GET, HEAD'],
  ])('answers 405 to %s %s and says what is allowed', async (method, path, allow) => {
    const { call } = setUp();
    const { status, headers, content } = await call(method, path);
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe(allow);
    expect(content.title).toBe('Method Not Allowed');
  });

  it('is healthy, and does not log that it was asked', async () => {
    const { call, logged } = setUp();
    expect((await call('GET', '/healthz')).status).toBe(200);
    expect(logged).toEqual([]);
  });

  it('logs each request with the id of its order and nothing of its content', async () => {
    const { place, logged } = setUp();
    await place('key-1', { ...rope, customer: 'Marlow' });
    expect(logged).toEqual([
      {
        level: 'info',
        message: 'request',
        method: 'POST',
        path: '/api/orders',
        status: 202,
        durationMs: 0,
        orderId: firstId,
      },
    ]);
  });

  it('stops when the requests in hand have been answered, and not before', async () => {
    const { api, place, meanwhile } = setUp();
    const { promise: queued, resolve: letGo } = Promise.withResolvers<void>();
    meanwhile.act = () => queued;
    const order: string[] = [];
    const answered = place('key-1', rope).then(() => order.push('answered'));
    const stopped = api.stop().then(() => order.push('stopped'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual([]);
    letGo();
    await Promise.all([answered, stopped]);
    expect(order).toHaveLength(2);
  });

  it('names what is missing from its environment', () => {
    const deps = { clients: { sqs: {} as never, dynamodb: {} as never }, clock: { now: () => 0 }, log: () => {} };
    expect(() => create({ env: {}, ...deps })).toThrow('ORDERS_QUEUE_URL');
  });
});
