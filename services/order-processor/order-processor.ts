import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { Hono } from 'hono';
import { z } from 'zod';
import { EffectStore } from './effect-store.ts';
import { Health } from './health.ts';
import { LoadReport } from './load-report.ts';
import { type OrderMessage, readMessage } from './order-message.ts';
import { Slots } from './slots.ts';
import { TaskProtection } from './task-protection.ts';

export interface Dependencies {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clients: {
    readonly sqs: Pick<SQSClient, 'send'>;
    readonly dynamodb: Pick<DynamoDBClient, 'send'>;
    readonly events: Pick<EventBridgeClient, 'send'>;
    readonly ecs: Pick<ECSClient, 'send'>;
  };
  readonly clock: {
    now(): number;
    /** Ends early, by resolving or by rejecting, when the signal is aborted. */
    sleep(ms: number, signal?: AbortSignal): Promise<void>;
  };
  readonly task: { readonly arn: string; readonly launchType: 'EXTERNAL' | 'FARGATE' };
  readonly log: (entry: Record<string, unknown>) => void;
}

export interface OrderProcessor {
  fetch(request: Request): Promise<Response>;
  start(): void;
  /** Receives no more, finishes the orders in hand or gives them back to the queue, then resolves. */
  stop(): Promise<void>;
}

const numeric = (schema: z.ZodNumber) => z.coerce.number().pipe(schema);

const Environment = z.object({
  ORDERS_QUEUE_URL: z.string().min(1),
  ORDERS_ONPREM_QUEUE_URL: z.string().min(1).optional(),
  ORDERS_TABLE_NAME: z.string().min(1),
  /** Seconds of work in one order. */
  WORK_SECONDS_PER_ORDER: numeric(z.number().min(0).max(3_600)).default(0.5),
  /** Orders that one task works on at a time. */
  ORDERS_AT_A_TIME: numeric(z.int().min(1).max(100)).default(2),
  /** Seconds for which a received message stays invisible: the queues' own setting. */
  VISIBILITY_TIMEOUT_SECONDS: numeric(z.int().min(3).max(43_200)).default(30),
  /** Seconds between SIGTERM and SIGKILL: the task definition's stop timeout. */
  STOP_TIMEOUT_SECONDS: numeric(z.int().min(1).max(120)).default(30),
  /** Where this task reports its load; left out: it does not. */
  LOAD_REPORTS_TABLE_NAME: z.string().min(1).optional(),
  /** The name to report under, and the queue whose messages should be received within so many seconds. */
  LOAD_REPORTS_SERVICE: z.string().default('order-processor'),
  LOAD_REPORTS_QUEUE: z.string().default('orders'),
  LOAD_REPORTS_DEADLINE_SECONDS: numeric(z.number().min(1)).default(120),
  /** `1` where a message takes longer than the stop timeout leaves: a scale-in then spares this task while it works. */
  PROTECT_BUSY_TASK: z.string().optional(),
  SPILLWAY_PROBE: z.string().optional(),
});

/** The longest that SQS lets a receive wait (SQS API reference, ReceiveMessage). */
const longPollSeconds = 20;
/** The most that one receive may ask for (same page). */
const messagesPerReceiveMax = 10;
/** Soon again, so that a message that nobody can read is through its receives and in the dead-letter queue quickly. */
const poisonVisibilitySeconds = 1;
/** Of the stop timeout, kept for giving back what is not finished. */
const giveBackSeconds = 5;
/** A message that had waited for less than this share of the deadline would have been picked up without this task. */
const unneededShare = 1 / 8;
const backOffMs = { first: 500, max: 30_000 };

interface Source {
  readonly name: string;
  readonly queueUrl: string;
}

/** A message that this task holds until it is done with it. */
interface Held {
  readonly source: Source;
  readonly receiptHandle: string;
  readonly receivedMs: number;
  /** When it was sent, by the queue's clock; undefined where the queue did not say. */
  readonly sentMs: number | undefined;
  /** Milliseconds between the sending and this receive; undefined where the queue did not say. */
  readonly queueDelayMs: number | undefined;
  readonly receives: number;
}

export const create = (dependencies: Dependencies): OrderProcessor => {
  const { clients, clock, log, task } = dependencies;
  const env = Environment.parse(dependencies.env);
  const effects = new EffectStore(clients.dynamodb, env.ORDERS_TABLE_NAME);
  const slots = new Slots(env.ORDERS_AT_A_TIME);
  const health = new Health(clock);
  const processedOn = {
    capacity: task.launchType === 'EXTERNAL' ? ('external' as const) : ('fargate' as const),
    task: task.arn,
  };

  const deadlineMs = env.LOAD_REPORTS_DEADLINE_SECONDS * 1_000;
  const protection = env.PROTECT_BUSY_TASK === '1' ? new TaskProtection(clients.ecs, clock, task.arn, log) : undefined;

  const sources: Source[] = [{ name: 'orders', queueUrl: env.ORDERS_QUEUE_URL }];
  // The role of the Fargate tasks may not read this queue; not asking is a courtesy to the log, not the protection.
  if (task.launchType === 'EXTERNAL' && env.ORDERS_ONPREM_QUEUE_URL)
    sources.push({ name: 'orders-onprem', queueUrl: env.ORDERS_ONPREM_QUEUE_URL });

  /** Aborted by stop(): no more receives, and no new work. */
  const receiving = new AbortController();
  /** Aborted shortly before the stop timeout: work in hand is given back. */
  const working = new AbortController();
  const running = new Set<Promise<void>>();
  let reporting: Promise<void> | undefined;

  const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return;
    try {
      await clock.sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };

  const load =
    env.LOAD_REPORTS_TABLE_NAME === undefined
      ? undefined
      : new LoadReport({
          service: env.LOAD_REPORTS_SERVICE,
          queue: env.LOAD_REPORTS_QUEUE,
          deadlineSeconds: env.LOAD_REPORTS_DEADLINE_SECONDS,
          tableName: env.LOAD_REPORTS_TABLE_NAME,
          slots: env.ORDERS_AT_A_TIME,
          task,
          clients,
          clock,
          pause,
          log,
        });

  /**
   * Repeats a call until it succeeds, waiting twice as long each time. Errors that no repetition mends (a missing
   * permission) are repeated too, since giving a message back would use up its receives and send a good order to the
   * dead-letter queue; they show in the health check instead. @returns undefined when the signal came first.
   */
  const insist = async <T>(what: string, signal: AbortSignal, call: () => Promise<T>): Promise<T | undefined> => {
    for (let delayMs = backOffMs.first; ; delayMs = Math.min(delayMs * 2, backOffMs.max)) {
      try {
        const result = await call();
        health.succeeded(what);
        return result;
      } catch (error) {
        if (signal.aborted) return undefined;
        health.failed(what, error);
        log({ level: 'warn', message: `${what} failed`, error: describe(error), againInMs: delayMs });
        await pause(delayMs, signal);
        if (signal.aborted) return undefined;
      }
    }
  };

  /** Receives from one queue until stop(). */
  const receiveFrom = async (source: Source): Promise<void> => {
    const what = `receiving from ${source.name}`;
    while (!receiving.signal.aborted) {
      await slots.oneFree(receiving.signal);
      await protection?.rested((ms) => pause(ms, receiving.signal));
      if (receiving.signal.aborted) return;
      // A waiting receive reserves no slot, or an empty queue would keep half the slots idle while the other queue is
      // full. So with two queues each asks for one message: at most one then waits in hand until a slot is free.
      const asked = sources.length === 1 ? Math.min(slots.free, messagesPerReceiveMax) : 1;
      const messages = await insist(what, receiving.signal, async () => {
        health.began(what);
        try {
          const output = await clients.sqs.send(
            new ReceiveMessageCommand({
              QueueUrl: source.queueUrl,
              MaxNumberOfMessages: asked,
              WaitTimeSeconds: longPollSeconds,
              MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
            }),
            { abortSignal: receiving.signal },
          );
          return output.Messages ?? [];
        } finally {
          health.ended(what);
        }
      });
      for (const message of messages ?? []) track(handle(source, message));
    }
  };

  /** What fails here is a fault of this program; it shows in the health check, and the task is replaced. */
  const track = (work: Promise<void>): void => {
    const settled = work.catch((error: unknown) => {
      health.broke(describe(error));
      log({ level: 'error', message: 'the processor failed', error: describe(error) });
    });
    running.add(settled);
    void settled.then(() => running.delete(settled));
  };

  const handle = async (source: Source, message: Message): Promise<void> => {
    const receivedMs = clock.now();
    const sent = Number(message.Attributes?.SentTimestamp ?? Number.NaN);
    const sentMs = Number.isNaN(sent) ? undefined : sent;
    const held: Held = {
      source,
      receiptHandle: message.ReceiptHandle ?? '',
      receivedMs,
      sentMs,
      queueDelayMs: sentMs === undefined ? undefined : receivedMs - sentMs,
      receives: Number(message.Attributes?.ApproximateReceiveCount ?? '1'),
    };
    load?.received(source.name, sentMs, receivedMs);
    protection?.received(
      task.launchType !== 'EXTERNAL' && receivedMs - (sentMs ?? receivedMs) < unneededShare * deadlineMs,
    );
    const read = readMessage(message.Body);
    if (read.kind === 'poison') {
      load?.failed();
      const { name: queue } = source;
      const { MessageId: messageId } = message;
      log({ level: 'error', message: 'poison', queue, messageId, receives: held.receives, reason: read.reason });
      await setVisibility(held, poisonVisibilitySeconds);
      return;
    }
    const done = new AbortController();
    const heartbeats = keepInvisible(held, read.order, done.signal);
    try {
      await processOrder(held, read.order);
    } finally {
      // A reason of its own, or each order would cost an exception with its stack.
      done.abort('done');
      await heartbeats;
    }
  };

  const processOrder = async (held: Held, order: OrderMessage): Promise<void> => {
    if (!(await slots.take(receiving.signal))) return giveBack(held, order);
    const ended = load?.began();
    const released = protection?.began();
    try {
      const startedMs = clock.now();
      await pause(env.WORK_SECONDS_PER_ORDER * 1_000, working.signal);
      if (working.signal.aborted) return await giveBack(held, order);
      const outcome = await insist('writing the effect', working.signal, () =>
        effects.apply(order, processedOn, clock.now()),
      );
      if (outcome === undefined) return await giveBack(held, order);
      log({
        level: outcome === 'other-order' ? 'error' : 'info',
        message: outcome === 'processed' ? 'order processed' : `order not processed: ${outcome}`,
        orderId: order.id,
        queue: held.source.name,
        queueDelayMs: held.queueDelayMs,
        workMs: clock.now() - startedMs,
        receives: held.receives,
      });
      await remove(held, order);
      if (outcome === 'other-order') load?.failed();
      else load?.completed(held.source.name, held.sentMs);
    } finally {
      ended?.();
      released?.();
      slots.giveBack();
    }
  };

  /** The effect is durable by now: a message that could not be deleted comes again and changes nothing. */
  const remove = async (held: Held, order: OrderMessage): Promise<void> => {
    try {
      await clients.sqs.send(
        new DeleteMessageCommand({ QueueUrl: held.source.queueUrl, ReceiptHandle: held.receiptHandle }),
      );
    } catch (error) {
      log({ level: 'warn', message: 'message not deleted', orderId: order.id, error: describe(error) });
    }
  };

  const giveBack = async (held: Held, order: OrderMessage): Promise<void> => {
    log({ level: 'info', message: 'order given back', orderId: order.id, queue: held.source.name });
    await setVisibility(held, 0);
  };

  /** Heartbeat: a third of the timeout leaves room for two that fail; protection is renewed with it, once a minute. */
  const keepInvisible = async (held: Held, order: OrderMessage, done: AbortSignal): Promise<void> => {
    const everyMs = Math.min(
      (env.VISIBILITY_TIMEOUT_SECONDS * 1_000) / 3,
      protection ? 60_000 : Number.POSITIVE_INFINITY,
    );
    for (;;) {
      await pause(everyMs, done);
      if (done.aborted) return;
      await setVisibility(held, env.VISIBILITY_TIMEOUT_SECONDS, order);
      protection?.renew();
    }
  };

  /** One attempt: when it fails, the message shows again by itself a little later, or a heartbeat comes next. */
  const setVisibility = async (held: Held, seconds: number, order?: OrderMessage): Promise<void> => {
    try {
      await clients.sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: held.source.queueUrl,
          ReceiptHandle: held.receiptHandle,
          VisibilityTimeout: seconds,
        }),
      );
    } catch (error) {
      log({ level: 'warn', message: 'visibility not changed', orderId: order?.id, seconds, error: describe(error) });
    }
  };

  const app = new Hono();
  app.get('/healthz', (context) => {
    const reason = health.unhealthyBecause();
    return reason === undefined ? context.json({ status: 'ok' }) : context.json({ status: 'unhealthy', reason }, 503);
  });

  return {
    fetch: async (request) => app.fetch(request),
    start: () => {
      if (env.SPILLWAY_PROBE === '1') {
        log({ level: 'info', message: 'probe: no work' });
        return;
      }
      if (load) reporting = load.run(receiving.signal);
      for (const source of sources) track(receiveFrom(source));
    },
    stop: async () => {
      receiving.abort();
      // At once, so that nobody counts on this task any more, and again below with what it still completed.
      const told = load?.stopping();
      const allDone = new AbortController();
      const limit = pause(Math.max(0, env.STOP_TIMEOUT_SECONDS - giveBackSeconds) * 1_000, allDone.signal).then(() =>
        working.abort(),
      );
      // A receive that was answered in its last moment may still add messages, which are then given back.
      while (running.size > 0) await Promise.all(running);
      allDone.abort();
      await limit;
      await Promise.all([reporting, told]);
      await load?.stopping();
    },
  };
};

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
