import { expect, it } from 'vitest';
import type { Configuration } from '../../functions/core/configuration.ts';
import { prepareWorlds, VirtualWorld } from '../../local/virtual/world.ts';
import configuration from '../../spillway.config.ts';

const [second, minute] = [1_000, 60_000];
const service = 'order-processor';

/** Ten orders of 40 s at a time, longer than the stop timeout: a busy task asks ECS to be spared. */
const longWork = (): Configuration => {
  const changed = structuredClone(configuration);
  const settings = changed.services[service] as Configuration['services'][string];
  Object.assign(settings.environment, { WORK_SECONDS_PER_ORDER: '40', ORDERS_AT_A_TIME: '10' });
  Object.assign(settings.burst ?? {}, { workSecondsPerMessage: 40, messagesPerTask: 10, deadlineSeconds: 60 });
  return changed;
};

it('a Fargate task that is never without an order goes within seven minutes of its recall, and none is lost', {
  timeout: 120_000,
}, async () => {
  const rollouts: string[] = [];
  const world = await VirtualWorld.boot(await prepareWorlds(longWork()), {
    seed: 7,
    onEvent: ({ 'detail-type': type, detail }) => {
      if (type === 'Spillway Rollout State Change' && detail.verdict) rollouts.push(String(detail.verdict));
    },
  });
  for (const name of ['orders-api', service]) world.push(name, 'v1');
  await world.until(() => rollouts.length >= 2, 30 * minute);
  expect(rollouts).toEqual(['completed', 'completed']);
  await world.cloud.call('states', 'StartExecution', {
    stateMachineArn: `arn:aws:states:us-east-1:${world.cloud.accountId}:stateMachine:spillway-burst`,
    input: JSON.stringify({ service, tasks: 1, for: 120 }),
  });
  const twin = () => world.settle(world.twin(`${service}-fargate`), minute);
  // Three tasks on premises carry 0.75 orders a second; with a fourth part of 0.7 Fargate's has seven of them on average.
  let sent = 0;
  const order = (): void => {
    sent += 1;
    void world.request('/api/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `busy-${sent}` },
      body: JSON.stringify({ items: [{ sku: 'tea', quantity: 1 }], residency: 'any' }),
    });
  };
  const counts: { readonly desired: number; readonly running: number }[] = [];
  for (let passed = 0; passed < 540; passed += 10) {
    for (let each = 0; each < 7; each += 1) order();
    await world.pass(10 * second);
    counts.push(await twin());
  }
  expect(counts.some(({ desired, running }) => desired === 1 && running === 1)).toBe(true);
  // Recalled after two minutes, and spared for its orders until it rests.
  expect(counts[30]).toMatchObject({ desired: 0, running: 1 });
  expect(counts.at(-1)).toMatchObject({ desired: 0, running: 0 });
  await world.pass(5 * minute);
  const { Items } = (await world.cloud.call('dynamodb', 'Scan', { TableName: 'orders' })) as {
    Items: { status: { S: string }; effects?: { N: string } }[];
  };
  expect(Items.map(({ status, effects }) => [status.S, effects?.N])).toEqual(Array(sent).fill(['processed', '1']));
  expect(world.cloud.iam.denials()).toEqual([]);
});
