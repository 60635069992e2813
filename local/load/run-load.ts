import type { Clock, Order, OrdersClient } from './orders-client.ts';

export interface LoadOptions {
  /** Orders a second. */
  readonly rate: number;
  /** Seconds for which orders are sent. */
  readonly forSeconds: number;
  /** Seconds to wait, after the last order was sent, until all are processed. */
  readonly settleSeconds: number;
  /** Starts every idempotency key; another one for each run, or the orders of an earlier run would be meant. */
  readonly run: string;
}

export interface Progress {
  readonly phase: 'send' | 'settle' | 'reconcile';
  readonly done: number;
  readonly total: number;
}

export interface LoadReport {
  readonly sent: number;
  readonly accepted: number;
  /** Not accepted after all tries, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly processed: number;
  /** Processed orders by capacity. */
  readonly processedOn: Readonly<Record<string, number>>;
  /** Orders with more than one effect. */
  readonly twice: readonly string[];
  /** Accepted orders without an effect when the waiting ended. */
  readonly lost: readonly string[];
  /** Seconds from the sending of an order (its first try) to its effect. */
  readonly secondsToProcessed: { readonly p50: number; readonly p95: number; readonly max: number } | undefined;
  readonly seconds: number;
}

interface Sent {
  readonly atMs: number;
  readonly id: string;
}

const lookMs = 1_000;
/** Orders looked at in one round of waiting: enough to see the end soon, too few to be a load of their own. */
const looksInARound = 100;
const looksAtATime = 8;

/**
 * Sends orders in an open loop: each at its own time, whether or not earlier ones have been answered, as customers
 * do. Then waits until all that was accepted is processed, and at last reads every order once more, so that an
 * effect that came twice late is seen as well.
 */
export const runLoad = async (
  options: LoadOptions,
  client: OrdersClient,
  clock: Clock,
  onProgress: (progress: Progress) => void,
): Promise<LoadReport> => {
  const startedMs = clock.now();
  const total = Math.round(options.rate * options.forSeconds);
  const sent: Sent[] = [];
  const refused: Record<string, number> = {};

  const placing: Promise<void>[] = [];
  for (let number = 0; number < total; number += 1) {
    await clock.sleep(Math.max(0, startedMs + (number * 1_000) / options.rate - clock.now()));
    const atMs = clock.now();
    placing.push(
      client.place(`${options.run}-${number}`).then((placed) => {
        if ('id' in placed) sent.push({ atMs, id: placed.id });
        else refused[placed.refused] = (refused[placed.refused] ?? 0) + 1;
      }),
    );
    onProgress({ phase: 'send', done: number + 1, total });
  }
  await Promise.all(placing);

  const seen = new Map<string, Order>();
  let pending: readonly Sent[] = sent;
  const settleUntilMs = clock.now() + options.settleSeconds * 1_000;
  const isDone = ({ id }: Sent): boolean => seen.get(id)?.status === 'processed';
  while (pending.length > 0) {
    const round = pending.slice(0, looksInARound);
    await look(round, client, seen);
    // What is not done goes to the end of the line, so that one lost order does not hide the others.
    pending = [...pending.slice(looksInARound), ...round].filter((order) => !isDone(order));
    onProgress({ phase: 'settle', done: sent.length - pending.length, total: sent.length });
    if (pending.length === 0 || clock.now() >= settleUntilMs) break;
    // A round in which all were done says that many more may be; there is nothing to wait for.
    if (!round.every(isDone)) await clock.sleep(lookMs);
  }

  let reconciled = 0;
  await look(sent, client, seen, () => {
    reconciled += 1;
    onProgress({ phase: 'reconcile', done: reconciled, total: sent.length });
  });
  return { ...reconcile(sent, seen), sent: total, refused, seconds: (clock.now() - startedMs) / 1_000 };
};

const look = async (
  orders: readonly Sent[],
  client: OrdersClient,
  seen: Map<string, Order>,
  onLooked?: () => void,
): Promise<void> => {
  const left = orders.values();
  const lookOn = async (): Promise<void> => {
    for (const { id } of left) {
      const order = await client.find(id);
      if (order) seen.set(id, order);
      onLooked?.();
    }
  };
  await Promise.all(Array.from({ length: looksAtATime }, lookOn));
};

const reconcile = (
  sent: readonly Sent[],
  seen: ReadonlyMap<string, Order>,
): Omit<LoadReport, 'sent' | 'refused' | 'seconds'> => {
  const processedOn: Record<string, number> = {};
  const seconds: number[] = [];
  const twice: string[] = [];
  const lost: string[] = [];
  for (const { id, atMs } of sent) {
    const order = seen.get(id);
    if (!order || order.effects < 1) {
      lost.push(id);
      continue;
    }
    if (order.effects > 1) twice.push(id);
    const capacity = order.processedOn?.capacity ?? 'unknown';
    processedOn[capacity] = (processedOn[capacity] ?? 0) + 1;
    seconds.push((Date.parse(order.processedAt ?? '') - atMs) / 1_000);
  }
  seconds.sort((a, b) => a - b);
  return {
    accepted: sent.length,
    processed: seconds.length,
    processedOn,
    twice,
    lost,
    secondsToProcessed:
      seconds.length === 0
        ? undefined
        : { p50: nearestRank(seconds, 50), p95: nearestRank(seconds, 95), max: nearestRank(seconds, 100) },
  };
};

/** The smallest value that at least so many percent of all values do not exceed. */
const nearestRank = (sorted: readonly number[], percent: number): number =>
  sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] as number;
