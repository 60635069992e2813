import { service } from '../../rollouts/rollout-world.ts';
import type { Scenario } from '../scenario.ts';

/** Ends before anything was written. */
export const refused: readonly Scenario[] = [
  {
    state: 'image missing',
    expected: { verdict: 'refused', cause: 'image-missing' },
    play: async (stage) => {
      await stage.released('v1');
      return stage.changesNothing({ service, image: 'v404' });
    },
  },
  {
    state: 'an index without a child for our platform',
    expected: { verdict: 'refused', cause: 'platform-missing' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      await stage.world.pushIndex('v2', [{ digest, architecture: 'arm64' }]);
      return stage.changesNothing({ service, image: 'v2' });
    },
  },
  {
    state: 'invalid input',
    expected: { verdict: 'refused', cause: 'invalid-input' },
    play: async (stage) => {
      await stage.released('v1');
      return stage.changesNothing({ service, imge: 'v1' });
    },
  },
  {
    state: 'invalid input: an image of another repository',
    expected: { verdict: 'refused', cause: 'invalid-input' },
    play: async (stage) => {
      await stage.released('v1');
      return stage.changesNothing({ service, image: 'web-ui:v1' });
    },
  },
  {
    state: 'unknown service',
    expected: { verdict: 'refused', cause: 'unknown-service' },
    play: async (stage) => {
      await stage.released('v1');
      return stage.changesNothing({ service: 'nobody', image: 'v1' });
    },
  },
  {
    state: 'a twin was deleted before the rollout',
    expected: { verdict: 'refused', cause: 'service-missing' },
    play: async (stage) => {
      await stage.released('v1');
      const { cluster } = stage.world;
      await stage.world.call('ecs', 'DeleteService', { cluster, service: `${service}-external`, force: true });
      await stage.world.pass(300);
      stage.world.push('v2');
      return stage.changesNothing({ service, image: 'v2' });
    },
  },
  {
    state: 'the controller is denied a call before it wrote',
    expected: { verdict: 'refused', cause: 'controller-error' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      stage.refuse(({ folder, action }) => folder === 'register-release' && action === 'DescribeServices');
      const ended = await stage.rolledOut('v2');
      await stage.restsOn(digest);
      return ended;
    },
  },
];
