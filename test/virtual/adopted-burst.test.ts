import { expect, it } from 'vitest';
import { adoptedService } from '../../local/rollouts/adopted-service.ts';
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
