import { service } from '../../rollouts/rollout-world.ts';
import type { Behaviour } from '../../virtual/scripted-runtime.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** A release that fails by itself: afterwards both twins run the one before, at their counts. */
const broken =
  (behaviour: Behaviour) =>
  async (stage: Stage): ReturnType<Scenario['play']> => {
    const digest = await stage.released('v1');
    const ended = await stage.rolledOut('v2', behaviour);
    await stage.restsOn(digest);
    return ended;
  };

const failsToStart = 'exec: "nod": executable file not found in $PATH';

/** A release that fails for a reason that no retry can mend. */
const hopeless = (state: string, behaviour: Behaviour): Scenario => ({
  state,
  expected: { verdict: 'rolled-back', cause: 'failed-to-start' },
  play: async (stage) => {
    const ended = await broken(behaviour)(stage);
    stage.turnedBackAtOnce(ended.executionArn);
    const { holds = {} } = await stage.world.control();
    stage.check('its digest is held', Object.keys(holds).length === 1, Object.keys(holds).join(', '));
    return ended;
  },
});

/** Two machines that take four tasks, of which the service uses three and one more while it is updated. */
const tight = {
  change: { external: { baseTasks: 3, minimumHealthyPercent: 100, maximumPercent: 134 } },
  machines: ['mi-11111111111111111', 'mi-22222222222222222'].map((managedInstanceId) => ({
    managedInstanceId,
    cpuUnits: 1024,
    memoryMiB: 2048,
    site: 'dc1',
  })),
};

/** Ends at which every twin is back on the release before. */
export const rolledBack: readonly Scenario[] = [
  {
    state: 'image cannot be pulled',
    expected: { verdict: 'rolled-back', cause: 'pull-failure' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      const pushed = await stage.pushed('v2');
      await stage.world.reaches(pushed.execution, 'Register the release');
      const imageIds = [{ imageDigest: pushed.digest }];
      await stage.world.call('ecr', 'BatchDeleteImage', { repositoryName: service, imageIds });
      const ended = await stage.world.end(pushed.execution);
      stage.turnedBackAtOnce(pushed.execution);
      await stage.restsOn(digest);
      return ended;
    },
  },
  hopeless('container cannot be started', { failsToStart }),
  hopeless('container cannot be started on premises only, after the Fargate side was done', {
    failsToStart,
    onlyOn: 'EXTERNAL',
  }),
  {
    state: 'container cannot be started for want of something that is there tomorrow',
    expected: { verdict: 'rolled-back', cause: 'failed-to-start' },
    play: async (stage) => {
      const ended = await broken({ failsToStart: 'failed to set up container networking: no address is free' })(stage);
      await stage.holdsNothing();
      return ended;
    },
  },
  {
    state: 'crash after start',
    expected: { verdict: 'rolled-back', cause: 'crash-after-start' },
    play: broken({ exits: { afterSeconds: 1, code: 1 } }),
  },
  {
    state: 'crash after start on premises only, after the Fargate side was done',
    expected: { verdict: 'rolled-back', cause: 'crash-after-start' },
    play: broken({ exits: { afterSeconds: 1, code: 1 }, onlyOn: 'EXTERNAL' }),
  },
  {
    state: 'container exits cleanly in a loop',
    expected: { verdict: 'rolled-back', cause: 'exits-cleanly' },
    play: broken({ exits: { afterSeconds: 5, code: 0 } }),
  },
  {
    state: 'unhealthy',
    expected: { verdict: 'rolled-back', cause: 'unhealthy' },
    play: broken({ healthy: false }),
  },
  {
    state: 'placement failure mid-rollout',
    expected: { verdict: 'rolled-back', cause: 'placement-failure' },
    ...tight,
    play: async (stage) => {
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await stage.world.reaches(execution, 'Wait for the twin');
      await stage.occupyPremises(digest, { cpuUnits: 512, memoryMiB: 1024 });
      const ended = await stage.world.end(execution);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'timed out',
    expected: { verdict: 'rolled-back', cause: 'timed-out' },
    play: broken({ startsAfterSeconds: 86_400 }),
  },
  {
    state: 'the controller is denied a call after it wrote',
    expected: { verdict: 'rolled-back', cause: 'controller-error' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      stage.refuse(({ folder }) => folder === 'prove-release');
      const ended = await stage.rolledOut('v2');
      await stage.restsOn(digest);
      return ended;
    },
  },
];
