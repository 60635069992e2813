import { z } from 'zod';

/** What the queue carries. Unknown fields are let through: two releases of the sender may run side by side. */
export const OrderMessage = z.object({
  id: z.string().regex(/^ord-[0-9a-f]{32}$/),
  fingerprint: z.string().min(1),
  residency: z.enum(['any', 'onprem']),
  acceptedAt: z.iso.datetime(),
  items: z.array(z.object({ sku: z.string(), quantity: z.int().min(1) })).min(1),
});
export type OrderMessage = z.infer<typeof OrderMessage>;

export type ReadMessage =
  | { readonly kind: 'order'; readonly order: OrderMessage }
  | { readonly kind: 'poison'; readonly reason: string };

/** Reads a message's body. The reason names fields and never quotes the body, since reasons are logged. */
export const readMessage = (body: string | undefined): ReadMessage => {
  let value: unknown;
  try {
    value = JSON.parse(body ?? '');
  } catch {
    return { kind: 'poison', reason: 'the body is not JSON' };
  }
  const parsed = OrderMessage.safeParse(value);
  if (parsed.success) return { kind: 'order', order: parsed.data };
  const fields = new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'the body'));
  return { kind: 'poison', reason: `not an order: ${[...fields].join(', ')}` };
};
