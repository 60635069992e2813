import { expect, it } from 'vitest';
import type { Configuration } from '../../functions/core/configuration.ts';
import { prepareWorlds, VirtualWorld } from '../../local/virtual/world.ts';
import configuration from '../../spillway.config.ts';

const minute = 60_000;
const service = 'order-processor';

interface Ledger {
  readonly spot: { readonly takenBack: number; readonly paidSeconds: number };
  readonly pickUps: { readonly messages: number; readonly lateShare: number };
}
interface Told {
  readonly state: string;
  readonly alarm?: { readonly kind: string } | null;
  readonly ledger?: Ledger;
}

/** The sample with an objective that a Fargate task can be started within, and one task alone that is never on Spot. */
const mostlyOnSpot = (): Configuration => {
  const shared = structuredClone(configuration);
  const { burst } = shared.services[service] as Configuration['services'][string];
  Object.assign(burst ?? {}, { deadlineSeconds: 120, spotShare: 0.9, onDemandBase: 1 });
  return shared;
};

it('a burst that nobody asked for keeps its deadline while AWS takes all of Spot back twice, once with no room there for a while', {
  timeout: 120_000,
}, async () => {
  const told: Told[] = [];
  const verdicts: string[] = [];
  const takenBack = new Set<string>();
  const world = await VirtualWorld.boot(await prepareWorlds(mostlyOnSpot()), {
    seed: 11,
    onEvent: ({ 'detail-type': type, detail }) => {
      if (type === 'Spillway Burst State Change') told.push(detail as unknown as Told);
      if (type === 'Spillway Rollout State Change' && detail.verdict) verdicts.push(String(detail.verdict));
      if (type === 'ECS Task State Change' && detail.stopCode === 'SpotInterruption')
        takenBack.add(String(detail.taskArn));
    },
  });
  for (const name of ['orders-api', service]) world.push(name, 'v1');
  await world.until(() => verdicts.length >= 2, 20 * minute);

  // 26 orders a second for six minutes; the premises can do 16.
  const ids: string[] = [];
  const seenTakenBack: number[] = [];
  for (let second = 0; second < 360; second += 10) {
    const answers = Array.from({ length: 260 }, async (_, index) => {
      const response = await world.request('/api/orders', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `spot-${second}-${index}` },
        body: JSON.stringify({ items: [{ sku: 'tea', quantity: 1 }], residency: 'any' }),
      });
      ids.push(((await response.json()) as { id: string }).id);
    });
    await world.settle(Promise.all(answers), minute);
    if (second === 250 || second === 310) {
      // An interruption tells that Spot is scarce: what comes in the place of these tasks waits for 30 s.
      if (second === 250) world.cloud.ecs.faults.lackFargate('FARGATE_SPOT', 30_000);
      world.cloud.ecs.faults.interruptSpot();
    }
    await world.pass(9_000);
    seenTakenBack.push(takenBack.size);
  }
  expect(await world.watch(async () => told.some(({ state }) => state === 'ENDED'), 15 * minute)).toBe(true);
  // Two tasks or more each time, in the middle of the load: how many there are is the policy's.
  const first = seenTakenBack[30] ?? 0;
  expect(seenTakenBack[24]).toBe(0);
  expect(first).toBeGreaterThanOrEqual(2);
  expect(takenBack.size).toBeGreaterThanOrEqual(first + 2);

  const found = await world.settle(
    Promise.all(ids.map(async (id) => (await world.request(`/api/orders/${id}`)).json())),
    5 * minute,
  );
  expect(new Set(ids).size).toBe(9_360);
  for (const order of found) expect(order).toMatchObject({ status: 'processed', effects: 1 });

  const { ledger } = told.at(-1) ?? {};
  // What a task hands back is picked up once more, and none has more than two.
  expect(ledger?.pickUps.messages).toBeGreaterThanOrEqual(9_360);
  expect(ledger?.pickUps.messages).toBeLessThanOrEqual(9_360 + 2 * takenBack.size);
  expect(ledger?.pickUps.lateShare).toBeLessThanOrEqual(0.001);
  expect(ledger?.spot.takenBack).toBe(takenBack.size);
  expect(ledger?.spot.paidSeconds).toBeGreaterThan(0);
  // Neither a fire, nor a release that crashes, nor tasks that add nothing, nor an objective out of reach.
  expect(told.flatMap(({ alarm }) => (alarm ? [alarm.kind] : []))).toEqual([]);
  expect(world.cloud.iam.denials()).toEqual([]);
});
