import { service } from '../../rollouts/rollout-world.ts';
import { sampleMachines } from '../../world/machines.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const hundreds: Pick<Scenario, 'machines'> & { readonly change: NonNullable<Scenario['change']> } = {
  change: { external: { baseTasks: 100 }, fargate: { baseTasks: 100 } },
  // Room for a half more, which the default percents start while they stop as many.
  machines: sampleMachines.map((machine) => ({ ...machine, cpuUnits: 32_768, memoryMiB: 65_536 })),
};

/** Pushes v2 while the site is away, which comes back once it is waited for. */
const waitedForTheSite = async (stage: Stage) => {
  stage.linkSite(false);
  await stage.world.pass(480);
  const { digest, execution } = await stage.pushed('v2');
  await stage.world.reaches(execution, 'Wait for the site');
  stage.linkSite(true);
  const ended = await stage.world.end(execution);
  await stage.restsOn(digest);
  return ended;
};

/** Ends at which every twin is on the release. */
export const completed: readonly Scenario[] = [
  {
    state: 'completed',
    expected: { verdict: 'completed', cause: 'proved' },
    play: async (stage) => {
      await stage.released('v1');
      const ended = await stage.rolledOut('v2');
      await stage.restsOn(ended.digest);
      return ended;
    },
  },
  {
    state: 'completed, with 100 tasks on each twin',
    expected: { verdict: 'completed', cause: 'proved' },
    ...hundreds,
    play: async (stage) => {
      await stage.released('v1');
      const ended = await stage.rolledOut('v2');
      await stage.restsOn(ended.digest);
      return ended;
    },
  },
  {
    state: 'completed, with 100 tasks on each twin and a site that is away at first',
    expected: { verdict: 'completed', cause: 'proved' },
    ...hundreds,
    play: async (stage) => {
      await stage.released('v1');
      return waitedForTheSite(stage);
    },
  },
  {
    state: 'completed, with 100 tasks on each twin that take long to start',
    expected: { verdict: 'completed', cause: 'proved' },
    ...hundreds,
    change: { ...hundreds.change, rollout: { deadlineSeconds: 7_200 } },
    play: async (stage) => {
      await stage.released('v1');
      const ended = await stage.rolledOut('v2', { startsAfterSeconds: 1_000 });
      await stage.restsOn(ended.digest);
      return ended;
    },
  },
  {
    state: 'completed, with 100 tasks on each twin and another template on premises',
    expected: { verdict: 'completed', cause: 'proved' },
    ...hundreds,
    play: async (stage) => {
      await stage.released('v1');
      await stage.changesTemplate(`${service}-external`, ({ tags }) => ({ tags, pidMode: 'task' }));
      const ended = await stage.rolledOut('v2');
      await stage.restsOn(ended.digest);
      return ended;
    },
  },
  {
    state: 'completed, with 100 tasks on each twin, other templates of both and a site that is away at first',
    expected: { verdict: 'completed', cause: 'proved' },
    ...hundreds,
    play: async (stage) => {
      await stage.released('v1');
      for (const twin of stage.world.twins)
        await stage.changesTemplate(twin, ({ tags }) => ({ tags, pidMode: 'task' }));
      return waitedForTheSite(stage);
    },
  },
  {
    state: 'completed on Fargate alone, by configuration',
    expected: { verdict: 'completed', cause: 'one-capacity' },
    change: { external: undefined, receivesFromOnPremises: [], fargate: { baseTasks: 2 } },
    play: async (stage) => {
      await stage.released('v1');
      const ended = await stage.rolledOut('v2');
      await stage.restsOn(ended.digest);
      return ended;
    },
  },
  {
    state: 'completed on premises alone, by configuration',
    expected: { verdict: 'completed', cause: 'one-capacity' },
    change: { fargate: undefined },
    play: async (stage) => {
      await stage.released('v1');
      const ended = await stage.rolledOut('v2');
      await stage.restsOn(ended.digest);
      return ended;
    },
  },
  {
    state: 'already on the release',
    expected: { verdict: 'completed', cause: 'already-current' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      const ended = await stage.changesNothing({ service, image: 'v1' });
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'never released before: raised to the base counts, then proved',
    expected: { verdict: 'completed', cause: 'proved' },
    play: async (stage) => {
      const counts = stage.world.truths().map(({ desired, tasks }) => desired + tasks.length);
      stage.check(
        'a twin begins at count 0',
        counts.every((count) => count === 0),
        counts.join(', '),
      );
      const ended = await stage.rolledOut('v1');
      await stage.restsOn(ended.digest);
      return ended;
    },
  },
  {
    state: 'both twins scaled to 0 by an operator',
    expected: { verdict: 'nothing-proved', cause: 'desired-count-zero' },
    play: async (stage) => {
      await stage.released('v1');
      for (const twin of stage.world.twins)
        await stage.world.call('ecs', 'UpdateService', {
          cluster: stage.world.cluster,
          service: twin,
          desiredCount: 0,
        });
      await stage.world.pass(300);
      const ended = await stage.rolledOut('v2');
      await stage.restsOn(ended.digest, {});
      return ended;
    },
  },
];
