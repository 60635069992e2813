import { describeTruth } from '../../rollouts/ground-truth.ts';
import { type Ended, service } from '../../rollouts/rollout-world.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** Cuts the machines of the site off, or connects them again; ECS has noticed it when this ends. */
const link = async (stage: Stage, linked: boolean): Promise<void> => {
  stage.linkSite(linked);
  await stage.world.pass(480);
};

const mixed: Scenario['change'] = { rollout: { mixedReleasesSafe: true } };
const [external, fargate] = [`${service}-external`, `${service}-fargate`];

/** A release while the site is away: the cloud side runs it, the premises keep the one before. */
const deferred = async (stage: Stage): Promise<Awaited<ReturnType<Stage['rolledOut']>>> => {
  const first = await stage.released('v1');
  await link(stage, false);
  const ended = await stage.rolledOut('v2');
  await stage.world.pass(600);
  stage.twinRestsOn(fargate, ended.digest, 1);
  const { taskDefinition = '' } = stage.world.truth(external) ?? {};
  const image = stage.world.imageOf(taskDefinition);
  stage.check(`${external} is on the release before`, image.endsWith(`@${first}`), image);
  return ended;
};

/** The cut comes while the twin on premises moves. @returns the digest before and the end of the rollout */
const lostWhileMoving = async (stage: Stage): Promise<{ first: string; ended: Ended; digest: string }> => {
  const first = await stage.released('v1');
  const { digest, execution } = await stage.pushed('v2');
  const moves = () => stage.world.movedTo(external).length;
  const before = moves();
  await stage.world.until(`${external} moves`, () => moves() > before);
  stage.linkSite(false);
  const ended = await stage.world.end(execution);
  const after = moves() - before - 1;
  stage.check(`${external} is left alone while its site is away`, after === 0, `${after} writes`);
  return { first, ended, digest };
};

/** The site is back: a rollout starts by itself. @returns its end */
const afterReturn = async (stage: Stage): Promise<Ended> => {
  const known = stage.world.executions().length;
  await link(stage, true);
  await stage.world.until('a rollout catches up', () => stage.world.executions().length > known);
  return stage.world.end(stage.world.executions()[known]?.arn ?? '');
};

/** The site is back: a rollout by itself brings every twin to this digest. */
const catchesUp = async (stage: Stage, digest: string): Promise<Ended> => {
  const ended = await afterReturn(stage);
  await stage.restsOn(digest);
  return ended;
};

/** Rollouts while no machine of the site answers, and after it is back. */
export const site: readonly Scenario[] = [
  {
    state: 'the site is away',
    expected: { verdict: 'refused', cause: 'site-away' },
    play: async (stage) => {
      await stage.released('v1');
      await link(stage, false);
      stage.world.push('v2');
      return stage.changesNothing({ service, image: 'v2' });
    },
  },
  {
    state: 'the site comes back while a rollout waits for it',
    expected: { verdict: 'completed', cause: 'proved' },
    play: async (stage) => {
      await stage.released('v1');
      await link(stage, false);
      const { digest, execution } = await stage.pushed('v2');
      await stage.world.reaches(execution, 'Wait for the site');
      await link(stage, true);
      const ended = await stage.world.end(execution);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'the site is away, and neighbouring releases may run side by side',
    expected: { verdict: 'deferred', cause: 'site-away' },
    change: mixed,
    play: deferred,
  },
  {
    state: 'the site is back after a rollout without it',
    expected: { verdict: 'completed', cause: 'caught-up' },
    change: mixed,
    play: async (stage) => {
      const { digest } = await deferred(stage);
      return catchesUp(stage, digest);
    },
  },
  {
    state: 'site lost mid-rollout',
    expected: { verdict: 'rolled-back', cause: 'site-lost' },
    play: async (stage) => {
      const { first, ended } = await lostWhileMoving(stage);
      stage.twinRestsOn(fargate, first, 1);
      return ended;
    },
  },
  {
    state: 'the site that was lost mid-rollout is back, and the cloud side had gone back',
    expected: { verdict: 'completed', cause: 'caught-up' },
    play: async (stage) => {
      const { first } = await lostWhileMoving(stage);
      return catchesUp(stage, first);
    },
  },
  {
    // Swarm seed 3543.
    state: 'the site that was lost mid-rollout is back, and somebody holds the release that stands',
    expected: { verdict: 'completed', cause: 'caught-up' },
    play: async (stage) => {
      const { first } = await lostWhileMoving(stage);
      await stage.operate({ action: 'hold', image: first, reason: 'wrong prices' });
      return catchesUp(stage, first);
    },
  },
  {
    // Swarm seeds 1157 and 3236: there was no release to bring the twin to, and nobody took it back.
    state: 'the site that was lost in the first release is back',
    expected: { verdict: 'completed', cause: 'taken-back' },
    play: async (stage) => {
      const { execution } = await stage.pushed('v1');
      await stage.world.until(`${external} moves`, () => stage.world.movedTo(external).length > 0);
      stage.linkSite(false);
      const lost = await stage.world.end(execution);
      stage.check('the site is lost', lost.cause === 'site-lost', lost.cause);
      const refused = await stage.rolledOut('v2');
      stage.check('a push meanwhile is refused', refused.cause === 'site-away', refused.cause);
      const ended = await afterReturn(stage);
      await stage.world.pass(600);
      for (const twin of stage.world.truths()) {
        const rests = twin.desired === 0 && twin.taskDefinition.includes('-template:');
        stage.check(`${twin.twin} is where it was before`, rests, describeTruth(twin));
      }
      return ended;
    },
  },
  {
    state: 'site lost mid-rollout, and neighbouring releases may run side by side',
    expected: { verdict: 'deferred', cause: 'site-lost' },
    change: mixed,
    play: async (stage) => {
      const { ended, digest } = await lostWhileMoving(stage);
      stage.twinRestsOn(fargate, digest, 1);
      return ended;
    },
  },
  {
    state: 'the site that was lost mid-rollout is back, and the cloud side had completed',
    expected: { verdict: 'completed', cause: 'caught-up' },
    change: mixed,
    play: async (stage) => {
      const { digest } = await lostWhileMoving(stage);
      return catchesUp(stage, digest);
    },
  },
  {
    // Swarm seed 30218: it said that every twin was back, and the one on premises stood on what nobody had proved.
    state: 'the site is away, and what it stands on was left half done by a rollout before',
    expected: { verdict: 'rolled-back', cause: 'crash-after-start' },
    change: { rollout: { mixedReleasesSafe: true, bakeSeconds: 900 } },
    play: async (stage) => {
      const { world } = stage;
      const first = await stage.rolledOut('v1');
      const second = await stage.pushed('v2');
      await world.reaches(second.execution, 'Let it bake');
      await link(stage, false);
      const ended = await stage.rolledOut('v3', { exits: { afterSeconds: 1, code: 1 } });
      const superseded = await world.end(second.execution);
      stage.check('the second one made room', superseded.cause === 'at-safe-point', superseded.cause);
      const follows = `${external} follows when the site returns.`;
      stage.check('it says which twin is not back', ended.reason.endsWith(follows), ended.reason);
      const back = await catchesUp(stage, first.digest);
      stage.check('the site catches up', back.cause === 'caught-up', back.cause);
      return ended;
    },
  },
];
