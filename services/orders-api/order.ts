import { hash } from 'node:crypto';
import { z } from 'zod';

/** What a customer sends. Unknown fields are refused, so that a misspelt `residency` cannot leave the premises. */
export const OrderRequest = z.strictObject({
  items: z
    .array(
      z.strictObject({
        sku: z
          .string()
          .regex(
            /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
            'letters, digits, dots, hyphens and underscores, at most 64, starting with a letter or a digit',
          ),
        quantity: z.int().min(1).max(1_000),
      }),
    )
    .min(1)
    .max(50),
  /** `onprem`: only tasks on the premises may process it. Default `any`. */
  residency: z.enum(['any', 'onprem']).default('any'),
  customer: z.string().trim().min(1).max(100).optional(),
});
export type OrderRequest = z.infer<typeof OrderRequest>;

export const IdempotencyKey = z.string().regex(/^[\x20-\x7e]{1,255}$/);

/** The same key gives the same order id, in every task and after every restart, without asking anybody. */
export const orderId = (idempotencyKey: string): string => `ord-${sha256(idempotencyKey).slice(0, 32)}`;

export const OrderId = z.string().regex(/^ord-[0-9a-f]{32}$/);

/** Tells whether two requests ask for the same, whatever the order of their fields and their white space. */
export const fingerprint = (order: OrderRequest): string =>
  sha256(
    JSON.stringify([order.items.map((item) => [item.sku, item.quantity]), order.residency, order.customer ?? null]),
  );

const sha256 = (text: string): string => hash('sha256', text);
