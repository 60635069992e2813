import type { BurstInvariant } from '../invariant.ts';

export const restrictedOrdersStay = (): BurstInvariant => ({
  rule: 'an order bound to the premises never leaves them',
  onOrder: (_facts, order, worker) =>
    order.residency === 'onprem' && worker.capacity !== 'external'
      ? [`${order.id} was in the hands of ${worker.taskArn}, in Fargate`]
      : [],
  atRest: ({ world }) =>
    [...world.orders.values()].flatMap(({ id, residency }) => {
      const capacity = world.item(id)?.capacity;
      return residency === 'onprem' && capacity !== undefined && capacity !== 'external'
        ? [`${id} was processed on ${capacity}`]
        : [];
    }),
});
