import { expect, it } from 'vitest';
import type { BurstLedger } from '../../functions/core/burst-ledger.ts';
import { adoptedService, cluster } from '../../local/rollouts/adopted-service.ts';
import { RolloutWorld, service } from '../../local/rollouts/rollout-world.ts';

const fargate = 'legacy-cloud-external';

it('a burst raises an adopted Fargate twin and takes the tasks back, and writes nothing of it but its count', {
  timeout: 60_000,
}, async () => {
  const { change, existing, before } = adoptedService({ external: 2, fargate: 0 }, {});
  const world = await RolloutWorld.boot({
    existing,
    before,
    change: {
      ...change,
      receivesFrom: ['orders'],
      fargate: { ...change.fargate, baseTasks: 0, maxTasks: 4 },
      burst: { queue: 'orders', deadlineSeconds: 20, workSecondsPerMessage: 0.5, messagesPerTask: 2 },
    },
  });
  const digest = world.push('v1');
  const released = await world.end(await world.executionOf(digest));
  expect(released).toMatchObject({ verdict: 'completed', cause: 'proved-by-probe' });
  await world.pass(300);
  const writes = world.ecsWrites.length;
  await world.begin({ action: 'burst', service, tasks: 3 }, 'operate');
  await world.until(
    'the burst has its tasks',
    () => world.truth(fargate)?.tasks.filter(({ running }) => running).length === 3,
  );
  expect(world.truth(fargate)?.tasks.map((task) => task.digest)).toEqual([digest, digest, digest]);
  await world.begin({ action: 'recall', service }, 'operate');
  await world.until('they are taken back', () => world.truth(fargate)?.desired === 0);
  await world.pass(600);
  expect(world.truth(fargate)?.tasks.filter(({ running }) => running)).toEqual([]);
  const sent = world.ecsWrites.slice(writes).map(({ call }) => call);
  expect(new Set(sent.map(({ action }) => action))).toEqual(new Set(['UpdateService']));
  for (const { input } of sent) {
    expect(Object.keys(input as object).sort()).toEqual(['cluster', 'desiredCount', 'service']);
    expect(input).toMatchObject({ service: fargate });
  }
  expect(world.executions('burst').map(({ status }) => status)).toEqual(['SUCCEEDED']);
  expect(world.world.cloud.iam.denials()).toEqual([]);
});

it('says once where the strategy of an adopted Fargate twin is not that of the configuration, and counts its public addresses', {
  timeout: 60_000,
}, async () => {
  const { change, existing, before } = adoptedService({ external: 2, fargate: 0 }, {});
  const awsvpcConfiguration = {
    subnets: ['subnet-0aaaaaaaaaaaaaaa1'],
    securityGroups: ['sg-0aaaaaaaaaaaaaaa1'],
    assignPublicIp: 'ENABLED',
  };
  const world = await RolloutWorld.boot({
    existing,
    before: async (cloud) => {
      await before(cloud);
      const networkConfiguration = { awsvpcConfiguration };
      await cloud.call('ecs', 'UpdateService', { cluster, service: fargate, networkConfiguration });
    },
    change: {
      ...change,
      receivesFrom: ['orders'],
      fargate: { ...change.fargate, baseTasks: 0, maxTasks: 4 },
      burst: { queue: 'orders', deadlineSeconds: 20, workSecondsPerMessage: 0.5, messagesPerTask: 2, spotShare: 0.5 },
    },
  });
  await world.end(await world.executionOf(world.push('v1')));
  await world.pass(300);
  await world.begin({ service, tasks: 3, for: 600 }, 'burst');
  await world.pass(900);
  const [burst] = world.executions('burst');
  const { ledger } = JSON.parse(burst?.output ?? '{}') as { ledger: BurstLedger };
  expect(ledger.fargateSeconds.paid).toBeGreaterThan(3 * 500);
  expect(ledger.usd.network).toBeCloseTo((ledger.fargateSeconds.paid / 3_600) * 0.005, 5);
  const { Items } = await world.call<{ Items: { text: { S: string } }[] }>('dynamodb', 'Query', {
    TableName: 'spillway',
    KeyConditionExpression: 'pk = :pk and begins_with(sk, :line)',
    ExpressionAttributeValues: { ':pk': { S: `history#${service}` }, ':line': { S: 'line#' } },
  });
  const reasons = Items.map(({ text }) => text.S).filter((text) => text.includes('and the configuration says'));
  expect(reasons).toEqual([
    expect.stringContaining(
      `${fargate} runs none of its tasks on Fargate Spot, and the configuration says 50 % of its tasks beyond the first 0`,
    ),
  ]);
  expect(world.world.cloud.iam.denials()).toEqual([]);
});
