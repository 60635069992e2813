import { z } from 'zod';

/** What the API says about an order, as far as the load needs it. */
const Order = z.object({
  status: z.enum(['accepted', 'processed']),
  processedAt: z.string().optional(),
  processedOn: z.object({ capacity: z.string(), task: z.string() }).optional(),
  effects: z.number(),
});
export type Order = z.infer<typeof Order>;

export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** Tries for one request; each uses the same key, so that none of them can order twice. */
const triesMax = 6;
const firstDelayMs = 500;

/** The orders API, called as a patient customer does. */
export class OrdersClient {
  readonly #url: string;
  readonly #fetch: (url: string, init?: RequestInit) => Promise<Response>;
  readonly #clock: Clock;

  constructor(url: string, clock: Clock, fetcher: (url: string, init?: RequestInit) => Promise<Response>) {
    this.#url = url.replace(/\/$/, '');
    this.#fetch = fetcher;
    this.#clock = clock;
  }

  /** @returns the order's id, or why it was not accepted after all tries. */
  async place(key: string): Promise<{ readonly id: string } | { readonly refused: string }> {
    let refused = '';
    for (let attempt = 1, delayMs = firstDelayMs; attempt <= triesMax; attempt += 1, delayMs *= 2) {
      try {
        const response = await this.#fetch(`${this.#url}/api/orders`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify({ items: [{ sku: 'rope-coil', quantity: 1 }], customer: 'load' }),
        });
        if (response.status === 202) return { id: z.object({ id: z.string() }).parse(await response.json()).id };
        await response.body?.cancel();
        refused = `status ${response.status}`;
        if (response.status < 500 && response.status !== 429) return { refused };
      } catch (error) {
        refused = reasonOf(error);
      }
      if (attempt < triesMax) await this.#clock.sleep(delayMs);
    }
    return { refused };
  }

  /** @returns undefined when the API does not know the order (yet) or does not answer. */
  async find(id: string): Promise<Order | undefined> {
    try {
      const response = await this.#fetch(`${this.#url}/api/orders/${id}`);
      if (response.status === 200) return Order.parse(await response.json());
      await response.body?.cancel();
      return undefined;
    } catch {
      return undefined;
    }
  }
}

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
};
