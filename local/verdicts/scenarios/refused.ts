import { service } from '../../rollouts/rollout-world.ts';
import { sampleMachines } from '../../world/machines.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

type Template = Parameters<Parameters<Stage['changesTemplate']>[1]>[0];

const withContainer =
  (change: object) =>
  ({ containerDefinitions = [], ...rest }: Template): object => ({
    ...rest,
    containerDefinitions: containerDefinitions.map((container) => ({ ...container, ...change })),
  });

const external = `${service}-external`;

/** Three machines with a task each, where an old one may stop only after a new one runs. */
const startsFirst: Scenario['change'] = {
  external: { baseTasks: 3, minimumHealthyPercent: 100, maximumPercent: 150 },
};

/** A release for which the premises have no room, though they have for the one that runs: nothing is written. */
const noFit = (cause: string, happens: (stage: Stage, digest: string) => Promise<void>): Scenario => ({
  state: `no external fit: ${cause.replace('no-fit-', '')}`,
  expected: { verdict: 'refused', cause },
  change: startsFirst,
  machines: sampleMachines.map((machine) => ({ ...machine, memoryMiB: 4096 })),
  play: async (stage) => {
    await happens(stage, await stage.released('v1'));
    await stage.world.pass(120);
    stage.world.push('v2');
    return stage.changesNothing({ service, image: 'v2' });
  },
});

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
    state: 'invalid input: an image of another registry, whose tag is in ours too',
    expected: { verdict: 'refused', cause: 'invalid-input' },
    play: async (stage) => {
      await stage.released('v1');
      const { accountId, region } = stage.world.world.cloud;
      for (const host of ['ghcr.io', `999999999999.dkr.ecr.${region}.amazonaws.com`]) {
        const { cause } = await stage.changesNothing({ service, image: `${host}/${service}:v1` });
        stage.check(`an image of ${host} is none of ours`, cause === 'invalid-input', cause);
      }
      return stage.changesNothing({ service, image: `${accountId}.dkr.ecr.eu-south-2.amazonaws.com/${service}:v1` });
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
  noFit('no-fit-cpu', (stage, digest) => stage.occupyPremises(digest, { cpuUnits: 512, memoryMiB: 64 }, 3)),
  noFit('no-fit-memory', (stage, digest) => stage.occupyPremises(digest, { cpuUnits: 0, memoryMiB: 2049 }, 3)),
  noFit('no-fit-port', async (stage, digest) => {
    await stage.occupyPremises(digest, { cpuUnits: 0, memoryMiB: 64, hostPort: 9000 }, 3);
    await stage.changesTemplate(external, withContainer({ portMappings: [{ containerPort: 8080, hostPort: 9000 }] }));
  }),
  noFit('no-fit-architecture', (stage) =>
    stage.changesTemplate(external, () => ({ runtimePlatform: { cpuArchitecture: 'ARM64' } })),
  ),
  {
    state: 'no external fit: CPU, even in the place of an old task',
    expected: { verdict: 'refused', cause: 'no-fit-cpu' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      await stage.occupyPremises(digest, { cpuUnits: 512, memoryMiB: 64 }, 3);
      await stage.changesTemplate(external, () => ({ cpu: '513' }));
      stage.world.push('v2');
      return stage.changesNothing({ service, image: 'v2' });
    },
  },
  {
    state: 'percents that would deadlock at the count that an operator has set',
    expected: { verdict: 'refused', cause: 'percents-deadlock' },
    play: async (stage) => {
      await stage.released('v1');
      const { cluster } = stage.world;
      await stage.world.call('ecs', 'UpdateService', { cluster, service: external, desiredCount: 1 });
      await stage.world.pass(300);
      stage.world.push('v2');
      return stage.changesNothing({ service, image: 'v2' });
    },
  },
  {
    state: 'ECS rolls a twin back by itself, as somebody has told it to',
    expected: { verdict: 'refused', cause: 'ecs-rolling-back' },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      await stage.ecsRollsBack(external);
      await stage.isPlannedSo({ service, image: 'v1' }, 'ecs-rolling-back');
      const writes = world.ecsWrites.length;
      const ended = await stage.rolledOut('v2');
      const written = world.ecsWrites.slice(writes).map(({ call }) => call.action);
      stage.check('it writes nothing to ECS', written.length === 0, written.join(', '));
      await stage.restsOn(digest);
      const { verdict, reason } = await stage.byHand({ service, image: 'v2' });
      stage.check('it is rolled out once ECS is done', verdict === 'completed', `${verdict}: ${reason}`);
      await stage.restsOn(ended.digest);
      return ended;
    },
  },
  {
    state: 'no container of a template is the one of the service',
    expected: { verdict: 'refused', cause: 'task-definition-unfit' },
    play: async (stage) => {
      await stage.released('v1');
      await stage.changesTemplate(external, ({ containerDefinitions = [], ...rest }) => ({
        ...rest,
        containerDefinitions: [1, 2].map((of) => ({
          ...containerDefinitions[0],
          name: `part-${of}`,
          image: 'busybox',
        })),
      }));
      stage.world.push('v2');
      return stage.changesNothing({ service, image: 'v2' });
    },
  },
  {
    state: 'queued behind rollouts that take too long',
    expected: { verdict: 'refused', cause: 'busy' },
    change: { rollout: { concurrency: 'queue', deadlineSeconds: 900, bakeSeconds: 0 } },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      // A start waits 2 x 900 s and an hour, 5,400 s; each of the six before it takes its 900 s, and the way back.
      for (const version of ['v2', 'v3', 'v4', 'v5', 'v6', 'v7']) {
        await stage.pushed(version, { startsAfterSeconds: 86_400 });
        await world.pass(2);
      }
      const ended = await stage.rolledOut('v8');
      await world.until('the others have ended', () => world.executions().every(({ status }) => status !== 'RUNNING'));
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'external fit on the last machine with room',
    expected: { verdict: 'completed', cause: 'proved' },
    change: startsFirst,
    play: async (stage) => {
      const first = await stage.released('v1');
      await stage.occupyPremises(first, { cpuUnits: 512, memoryMiB: 64 }, 2);
      await stage.world.pass(120);
      const ended = await stage.rolledOut('v2');
      await stage.restsOn(ended.digest);
      return ended;
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
