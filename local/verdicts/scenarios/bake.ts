import { defaultFidelity } from '../../../simulator/cloud/fidelity.ts';
import { service } from '../../rollouts/rollout-world.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** What goes wrong in a bake and is seen by the one look at its end alone. */

const external = `${service}-external`;
const eventsLost: Scenario['fidelity'] = {
  ...defaultFidelity,
  events: { ...defaultFidelity.events, lossShare: 1 },
};

/** Nobody hears of a push where events are lost: both rollouts are started by hand. */
const byHand = async (stage: Stage, afterSeconds: number): ReturnType<Scenario['play']> => {
  const first = stage.world.push('v1');
  await stage.byHand({ service, image: first });
  await stage.world.pass(300);
  const digest = stage.world.push('v2', { exits: { afterSeconds, code: 1 } });
  const ended = await stage.byHand({ service, image: digest });
  await stage.restsOn(first);
  return ended;
};

/** A person stops a task of the twin on premises when the bake has but a second left. */
const stopsOneAtTheEnd = async (stage: Stage, execution: string): Promise<void> => {
  const { world } = stage;
  await world.reaches(execution, 'Let it bake');
  await world.pass(58);
  const { cluster } = world;
  const { taskArns } = await world.call<{ taskArns: readonly string[] }>('ecs', 'ListTasks', {
    cluster,
    serviceName: external,
  });
  await world.call('ecs', 'StopTask', { cluster, task: taskArns[0], reason: 'by mistake' });
};

const oneTaskEach = {
  external: { baseTasks: 1, minimumHealthyPercent: 100, maximumPercent: 200 },
  fargate: { baseTasks: 1 },
};

export const bake: readonly Scenario[] = [
  ...[25, 40, 120].flatMap((seconds): readonly Scenario[] => [
    {
      state: `every event lost, of a release that crashes ${seconds} s after each start`,
      expected: { verdict: 'rolled-back', cause: 'crash-after-start' },
      fidelity: eventsLost,
      play: (stage) => byHand(stage, seconds),
    },
    {
      state: `every event lost, of a release of one task on each side that crashes ${seconds} s after each start`,
      expected: { verdict: 'rolled-back', cause: 'crash-after-start' },
      change: oneTaskEach,
      fidelity: eventsLost,
      play: (stage) => byHand(stage, seconds),
    },
  ]),
  {
    state: 'the one task of each side crashes every 25 s, which takes longer than the bake to be too often',
    expected: { verdict: 'rolled-back', cause: 'crash-after-start' },
    change: oneTaskEach,
    play: async (stage) => {
      const digest = await stage.released('v1');
      const ended = await stage.rolledOut('v2', { exits: { afterSeconds: 25, code: 1 } });
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'a task is missing at the end of the bake, and ECS starts it again',
    expected: { verdict: 'completed', cause: 'proved' },
    play: async (stage) => {
      await stage.released('v1');
      const { execution, digest } = await stage.pushed('v2');
      await stopsOneAtTheEnd(stage, execution);
      const ended = await stage.world.end(execution);
      const { proof = [] } = (await stage.world.record(execution)) ?? {};
      const read = proof.find(({ twin }) => twin === external)?.tasks;
      stage.check('the release is proved by all three tasks', read === 3, `${read}`);
      await stage.restsOn(digest);
      return ended;
    },
  },
];
