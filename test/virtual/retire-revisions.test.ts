import { expect, it } from 'vitest';
import type { Configuration } from '../../functions/core/configuration.ts';
import { prepareWorlds, VirtualWorld } from '../../local/virtual/world.ts';
import sample from '../../spillway.config.ts';

const minute = 60_000;
const family = 'web-ui-fargate';

it('of many releases the newest revisions stay, and a failed rollout still finds the way back', {
  timeout: 60_000,
}, async () => {
  const configuration: Configuration = structuredClone(sample);
  Object.assign(configuration.services['web-ui']?.rollout ?? {}, { keepRevisions: 2 });
  const verdicts: string[] = [];
  const world = await VirtualWorld.boot(await prepareWorlds(configuration), {
    seed: 5,
    onEvent: ({ 'detail-type': type, detail }) => {
      if (type === 'Spillway Rollout State Change' && detail.state === 'ENDED') verdicts.push(String(detail.verdict));
    },
  });
  const active = async (): Promise<readonly number[]> => {
    const { taskDefinitionArns } = (await world.settle(
      world.cloud.call('ecs', 'ListTaskDefinitions', { familyPrefix: family }),
      minute,
    )) as { taskDefinitionArns: readonly string[] };
    return taskDefinitionArns.map((arn) => Number(arn.split(':').at(-1)));
  };
  const release = async (tag: string, broken?: 'crash'): Promise<void> => {
    const before = verdicts.length;
    world.push('web-ui', tag, broken);
    await world.until(() => verdicts.length > before, 60 * minute);
    await world.pass(minute);
  };
  await release('v1');
  await release('v2');
  expect(await active()).toEqual([1, 2]);
  await release('v3');
  expect(await active()).toEqual([2, 3]);
  const proved = await world.settle(world.imageOf(family), minute);
  // Three that fail: theirs are newer than the release, which stays for all that.
  for (const tag of ['v4', 'v5', 'v6']) await release(tag, 'crash');
  expect(await world.settle(world.imageOf(family), minute)).toBe(proved);
  expect(await active()).toEqual([2, 3, 4, 5, 6]);
  await release('v7');
  expect(verdicts.filter((verdict) => verdict === 'completed')).toHaveLength(4);
  expect(await active()).toEqual([6, 7]);
  expect(world.cloud.iam.denials()).toEqual([]);
});
