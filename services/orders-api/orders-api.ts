import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { fingerprint, IdempotencyKey, OrderId, OrderRequest, orderId } from './order.ts';
import { OrderStore } from './order-store.ts';
import { problem, problemResponse } from './problem.ts';

export interface Dependencies {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clients: { readonly sqs: Pick<SQSClient, 'send'>; readonly dynamodb: Pick<DynamoDBClient, 'send'> };
  readonly clock: { now(): number };
  readonly log: (entry: Record<string, unknown>) => void;
}

export interface OrdersApi {
  fetch(request: Request): Promise<Response>;
  start(): void;
  /** Resolves when the requests in hand have been answered. */
  stop(): Promise<void>;
}

const Environment = z.object({
  ORDERS_QUEUE_URL: z.string().min(1),
  ORDERS_ONPREM_QUEUE_URL: z.string().min(1),
  ORDERS_TABLE_NAME: z.string().min(1),
});

/** Fifty items of the longest sku are under 6 KiB; the rest is room for white space. */
const bodyBytesMax = 16 * 1024;

/** Seconds after which a refused customer may try again; with the same key nothing is ordered twice. */
const retryAfterSeconds = '5';

/**
 * Accepts orders. The durable act is the message on the queue; the table only says so to whoever asks, so an order
 * counts as accepted although the table could not be written.
 */
export const create = (dependencies: Dependencies): OrdersApi => {
  const { clients, clock, log } = dependencies;
  const env = Environment.parse(dependencies.env);
  const store = new OrderStore(clients.dynamodb, env.ORDERS_TABLE_NAME);

  const placeOrder = async (context: Context): Promise<Response> => {
    const request = context.req.raw;
    const key = IdempotencyKey.safeParse(context.req.header('idempotency-key'));
    if (!key.success) return problemResponse(request, missingKey);
    if (!isJson(context.req.header('content-type'))) return problemResponse(request, notJson);

    const body = parseJson(await context.req.text());
    if (body === undefined) return problemResponse(request, malformed);
    const parsed = OrderRequest.safeParse(body.value);
    if (!parsed.success) {
      const errors = parsed.error.issues.map((issue) => ({
        pointer: issue.path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
        detail: issue.message,
      }));
      return problemResponse(request, invalidOrder, {}, errors);
    }

    const order = parsed.data;
    const id = orderId(key.data);
    const accepted = {
      id,
      fingerprint: fingerprint(order),
      residency: order.residency,
      acceptedAt: new Date(clock.now()).toISOString(),
    };

    const known = await bestEffort('orders table not read', id, () => store.find(id));
    if (known) return known.fingerprint === accepted.fingerprint ? acceptedResponse(context, id) : reusedKey(request);

    try {
      await clients.sqs.send(
        new SendMessageCommand({
          QueueUrl: order.residency === 'onprem' ? env.ORDERS_ONPREM_QUEUE_URL : env.ORDERS_QUEUE_URL,
          MessageBody: JSON.stringify({ ...accepted, items: order.items, customer: order.customer }),
        }),
      );
    } catch (error) {
      return unavailable(request, error, { orderId: id });
    }

    const other = await bestEffort('order not recorded as accepted', id, () => store.recordAccepted(accepted));
    // Two requests with one key ran side by side and the other one was first. The processor keeps to the recorded one.
    if (other && other.fingerprint !== accepted.fingerprint) return reusedKey(request);
    return acceptedResponse(context, id);
  };

  const showOrder = async (context: Context): Promise<Response> => {
    const request = context.req.raw;
    const id = OrderId.safeParse(context.req.param('id'));
    try {
      const order = id.success ? await store.find(id.data) : undefined;
      if (!order) return problemResponse(request, unknownOrder);
      const { fingerprint: _, ...shown } = order;
      return context.json(shown, 200, { 'cache-control': 'no-store' });
    } catch (error) {
      return unavailable(request, error, {});
    }
  };

  const bestEffort = async <T>(message: string, id: string, act: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await act();
    } catch (error) {
      log({ level: 'warn', message, orderId: id, error: describe(error) });
      return undefined;
    }
  };

  /** What a retry can mend is 503; what only a person can mend (a missing permission, no such queue) is 500. */
  const unavailable = (request: Request, error: unknown, about: Record<string, unknown>): Response => {
    const passing = isThrottling(error) || !isClientFault(error);
    log({ level: passing ? 'warn' : 'error', message: 'request failed', ...about, error: describe(error) });
    return passing
      ? problemResponse(request, busy, { 'retry-after': retryAfterSeconds })
      : problemResponse(request, broken);
  };

  const app = new Hono();
  app.use(async (context, next) => {
    const startedMs = clock.now();
    await next();
    const { method, path } = context.req;
    // The load balancer and the health check ask every few seconds; their lines would bury the customers'.
    if (path === '/healthz') return;
    const location = context.res.headers.get('location') ?? path;
    log({
      level: 'info',
      message: 'request',
      method,
      path,
      status: context.res.status,
      durationMs: clock.now() - startedMs,
      orderId: /ord-[0-9a-f]{32}$/.exec(location)?.[0],
    });
  });
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.post(
    '/api/orders',
    bodyLimit({ maxSize: bodyBytesMax, onError: (context) => problemResponse(context.req.raw, tooLarge) }),
    placeOrder,
  );
  app.get('/api/orders/:id', showOrder);
  app.all('/healthz', (context) => wrongMethod(context, 'GET, HEAD'));
  app.all('/api/orders', (context) => wrongMethod(context, 'POST'));
  app.all('/api/orders/:id', (context) => wrongMethod(context, 'GET, HEAD'));
  app.notFound((context) => problemResponse(context.req.raw, unknownPath));
  app.onError((error, context) => {
    log({ level: 'error', message: 'request failed', error: describe(error) });
    return problemResponse(context.req.raw, broken);
  });

  let inHand = 0;
  let whenIdle: (() => void) | undefined;
  return {
    fetch: async (request) => {
      inHand += 1;
      try {
        return await app.fetch(request);
      } finally {
        inHand -= 1;
        if (inHand === 0) whenIdle?.();
      }
    },
    start: () => {},
    stop: () =>
      new Promise((resolve) => {
        if (inHand === 0) resolve();
        else whenIdle = resolve;
      }),
  };
};

const missingKey = problem(
  400,
  'idempotency-key',
  'Idempotency-Key is missing or not usable',
  'Send a header Idempotency-Key of 1 to 255 printable ASCII characters, and the same one when you repeat the request.',
);
const notJson = problem(415, undefined, 'Unsupported Media Type', 'Send the order as application/json.');
const malformed = problem(400, undefined, 'Bad Request', 'The body is not JSON.');
const tooLarge = problem(413, undefined, 'Content Too Large', `An order takes at most ${bodyBytesMax} bytes.`);
const invalidOrder = problem(
  422,
  'invalid-order',
  'The order is not valid',
  'An order has items, each with sku and quantity, and optionally residency and customer; errors says what is wrong.',
);
const keyReused = problem(
  422,
  'idempotency-key-reused',
  'Idempotency-Key was used for another order',
  'This key belongs to an order with other content. Take a new key for a new order.',
);
const unknownOrder = problem(
  404,
  'unknown-order',
  'No such order',
  'There is no order with this id, or it has been accepted so recently that no record shows yet.',
);
const unknownPath = problem(404, undefined, 'Not Found', 'There is nothing here. Orders are at /api/orders.');
const busy = problem(
  503,
  undefined,
  'Service Unavailable',
  `Please repeat the request with the same key in ${retryAfterSeconds} seconds; nothing will be ordered twice.`,
);
const broken = problem(500, undefined, 'Internal Server Error', 'The request failed; the log of the service says why.');

const reusedKey = (request: Request): Response => problemResponse(request, keyReused);

const wrongMethod = (context: Context, allow: string): Response =>
  problemResponse(
    context.req.raw,
    problem(405, undefined, 'Method Not Allowed', `${context.req.path} takes ${allow}.`),
    { allow },
  );

const acceptedResponse = (context: Context, id: string): Response => {
  const self = `/api/orders/${id}`;
  const headers = { location: self, 'cache-control': 'no-store' };
  return context.json({ id, status: 'accepted', links: { self } }, 202, headers);
};

const isJson = (contentType: string | undefined): boolean =>
  contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json';

const parseJson = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
};

/** The names under which SQS and DynamoDB ask callers to slow down. */
const isThrottling = (error: unknown): boolean =>
  error instanceof Error && /Throttl|OverLimit|ProvisionedThroughputExceeded|RequestLimitExceeded/.test(error.name);

/** The SDK's exceptions say whose fault it was; errors of the network carry no `$fault`. */
const isClientFault = (error: unknown): boolean =>
  error instanceof Error && '$fault' in error && error.$fault === 'client';

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
