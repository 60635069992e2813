import { AwsError } from '../../../simulator/cloud/aws-error.ts';
import { defaultFidelity } from '../../../simulator/cloud/fidelity.ts';
import { describeTruth } from '../../rollouts/ground-truth.ts';
import { service } from '../../rollouts/rollout-world.ts';
import type { FunctionCall } from '../../virtual/interference.ts';
import { isRight, playScenario } from '../play-scenario.ts';
import type { Scenario } from '../scenario.ts';

/** Bad weather in AWS and in the controller: the verdict must be the one of a fine day. */

const throttled = (): AwsError => new AwsError('ThrottlingException', 'Rate exceeded', { status: 400 });

const withEvents = (events: Partial<typeof defaultFidelity.events>): Scenario['fidelity'] => ({
  ...defaultFidelity,
  events: { ...defaultFidelity.events, ...events },
});

/** A rollout in which the function that makes call number `at` dies there. */
const killedAt = (
  at: number,
  when: 'killed-before' | 'killed-after',
  onKilled: (call: FunctionCall) => void,
): Scenario => ({
  state: `a function is ${when === 'killed-before' ? 'killed before' : 'killed after'} call ${at}`,
  expected: { verdict: 'completed', cause: 'proved' },
  play: async (stage) => {
    await stage.released('v1');
    let calls = 0;
    stage.world.interference = {
      fateOf: (call) => {
        calls += 1;
        if (calls - 1 !== at) return undefined;
        onKilled(call);
        return { kind: when };
      },
    };
    const ended = await stage.rolledOut('v2');
    await stage.restsOn(ended.digest);
    return ended;
  },
});

export const weather: readonly Scenario[] = [
  {
    // Swarm seed 30278: the way back led to the release of the rollout before, which nobody had proved.
    state: 'ECS shows a twin late where the rollout before had moved it to, and nothing was ever proved',
    expected: { verdict: 'rolled-back', cause: 'crash-after-start' },
    change: { fargate: { baseTasks: 0 } },
    play: async (stage) => {
      const { world } = stage;
      const crashing = { exits: { afterSeconds: 1, code: 1 } };
      const { execution } = await stage.pushed('v1', crashing);
      const describe = async (twin: string): Promise<readonly unknown[]> => {
        const input = { cluster: world.cluster, services: [twin] };
        return (await world.call<{ services: readonly unknown[] }>('ecs', 'DescribeServices', input)).services;
      };
      const resting = `${service}-fargate`;
      await world.until(`${resting} was moved`, () => world.movedTo(resting).length > 0);
      const before = await describe(resting);
      await world.end(execution);
      const answer = { services: [...before, ...(await describe(`${service}-external`))], failures: [] };
      const endedMs = world.now();
      let late = 0;
      world.interference = {
        fateOf: ({ folder, action }) => {
          if (folder !== 'register-release' || action !== 'DescribeServices' || world.now() > endedMs + 10_000)
            return undefined;
          late += 1;
          return { kind: 'stale', answer };
        },
      };
      const ended = await stage.rolledOut('v2', crashing);
      stage.check('twins were read late', late > 0, `${late} times`);
      await world.pass(600);
      for (const twin of world.truths()) {
        const rests = twin.desired === 0 && twin.taskDefinition.includes('-template:');
        stage.check(`${twin.twin} is where it was before`, rests, describeTruth(twin));
      }
      return ended;
    },
  },
  {
    state: 'ECS throttles everything for minutes',
    expected: { verdict: 'completed', cause: 'proved' },
    play: async (stage) => {
      await stage.released('v1');
      const { digest, execution } = await stage.pushed('v2');
      await stage.world.reaches(execution, 'Register the release');
      const untilMs = stage.world.now() + 180_000;
      stage.world.interference = {
        fateOf: ({ service: name }) =>
          name === 'ecs' && stage.world.now() < untilMs ? { kind: 'refused', error: throttled() } : undefined,
      };
      const ended = await stage.world.end(execution);
      stage.check('it was throttled for three minutes', ended.seconds > 180, `${ended.seconds} s`);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'every event lost',
    expected: { verdict: 'completed', cause: 'proved' },
    fidelity: withEvents({ lossShare: 1 }),
    play: async (stage) => {
      const first = stage.world.push('v1');
      await stage.byHand({ service, image: first });
      await stage.world.pass(300);
      const digest = stage.world.push('v2');
      const ended = await stage.byHand({ service, image: digest });
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'every event lost, of a release that crashes',
    expected: { verdict: 'rolled-back', cause: 'crash-after-start' },
    fidelity: withEvents({ lossShare: 1 }),
    play: async (stage) => {
      const first = stage.world.push('v1');
      await stage.byHand({ service, image: first });
      await stage.world.pass(300);
      const digest = stage.world.push('v2', { exits: { afterSeconds: 1, code: 1 } });
      const ended = await stage.byHand({ service, image: digest });
      await stage.restsOn(first);
      return ended;
    },
  },
  {
    state: 'every event delivered five times in random order',
    expected: { verdict: 'completed', cause: 'proved' },
    fidelity: withEvents({ duplicateShare: 1, duplicateCopies: 5, orderJitterMs: 60_000 }),
    play: async (stage) => {
      await stage.released('v1');
      const ended = await stage.rolledOut('v2');
      await stage.restsOn(ended.digest);
      const starts = stage.world.executions().length;
      stage.check('two pushes start two rollouts', starts === 2, `${starts}`);
      return ended;
    },
  },
  {
    state: 'controller function killed at any step',
    expected: { verdict: 'completed', cause: 'proved' },
    play: async (stage) => {
      await stage.released('v1');
      const ended = await stage.rolledOut('v2');
      await stage.restsOn(ended.digest);
      let steps = 0;
      for (let at = 0, over = false; !over; at += 1) {
        over = true;
        for (const when of ['killed-before', 'killed-after'] as const) {
          let victim = '';
          const played = await playScenario(
            killedAt(at, when, ({ folder, action }) => {
              victim = `${folder}:${action}`;
            }),
          );
          if (victim === '') continue;
          over = false;
          steps += 1;
          const { got, faults } = played;
          const found = `${got.verdict}/${got.cause} ${faults.join('; ')}`;
          stage.check(`${played.state}, ${victim}: it completes`, isRight(played), found);
        }
      }
      stage.check('there are dozens of steps', steps > 60, `${steps}`);
      return ended;
    },
  },
];
