import { describeTruth } from '../../rollouts/ground-truth.ts';
import { type Ended, service } from '../../rollouts/rollout-world.ts';
import { sampleMachines } from '../../world/machines.ts';
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

/** ECS starts nothing on premises while the site is away, and gives up: old tasks go only when new ones run. */
const siteOfTwo: Scenario['change'] = {
  external: { baseTasks: 2, minimumHealthyPercent: 100, maximumPercent: 200 },
  rollout: { bakeSeconds: 600, deadlineSeconds: 900 },
};

/**
 * A release that is stopped by hand in its bake, when the site has just gone away.
 * @param backAfterSeconds when the site is back, from the start of what takes it back; left out, it stays away.
 * @returns how it was taken back
 */
const stoppedInBake = async (stage: Stage, version: string, backAfterSeconds?: number): Promise<Ended> => {
  const { world } = stage;
  const successor = await stage.stoppedWithoutSite(version);
  if (backAfterSeconds !== undefined) {
    await world.pass(backAfterSeconds);
    stage.linkSite(true);
  }
  const ended = await world.end(successor);
  const follows = ended.reason.endsWith(`${external} follows when the site returns.`);
  stage.check('it says which twin is not back', ended.verdict !== 'stopped-by-hand' || follows, ended.reason);
  return ended;
};

/** Checks that each twin is at count 0 on its template. */
const isWhereItWas = async (stage: Stage): Promise<void> => {
  await stage.world.pass(600);
  for (const twin of stage.world.truths()) {
    const rests = twin.desired === 0 && twin.taskDefinition.includes('-template:');
    stage.check(`${twin.twin} is where it was before`, rests, describeTruth(twin));
  }
};

/** Premises on which a new task starts before an old one stops, with room for that on each machine. */
const siteOfThree: Scenario['change'] = {
  external: { baseTasks: 3, minimumHealthyPercent: 100, maximumPercent: 200, lostAfterSeconds: 120 },
  rollout: { bakeSeconds: 600, deadlineSeconds: 900, sweepSeconds: 300 },
};

const linkOne = (stage: Stage, linked: boolean): void => {
  stage.world.world.cloud.ecs.setLinked(sampleMachines[0]?.managedInstanceId ?? '', linked);
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
    state: 'the site is away, and different releases may run side by side',
    expected: { verdict: 'deferred', cause: 'site-away' },
    change: mixed,
    play: deferred,
  },
  {
    state: 'the site is away for two rollouts, the second of which leaves it two releases behind',
    expected: { verdict: 'deferred', cause: 'site-away' },
    change: mixed,
    play: async (stage) => {
      await deferred(stage);
      const { taskDefinition: stands } = stage.world.truth(external) ?? {};
      const ended = await stage.rolledOut('v3');
      await stage.world.pass(600);
      stage.twinRestsOn(fargate, ended.digest, 1);
      const { taskDefinition: after = '' } = stage.world.truth(external) ?? {};
      stage.check(`${external} is left on the first release`, after === stands, after);
      const { cause } = await catchesUp(stage, ended.digest);
      stage.check('it catches up with the newest', cause === 'caught-up', cause);
      return ended;
    },
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
      await isWhereItWas(stage);
      return ended;
    },
  },
  {
    state: 'site lost mid-rollout, and different releases may run side by side',
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
  {
    state: 'stopped by hand, and the site is away for the whole way back',
    expected: { verdict: 'stopped-by-hand', cause: 'taken-back' },
    change: siteOfTwo,
    play: async (stage) => {
      const digest = await stage.released('v1');
      const ended = await stoppedInBake(stage, 'v2');
      stage.twinRestsOn(fargate, digest, 1);
      return ended;
    },
  },
  {
    state: 'stopped by hand, and the site is back too late for the way back',
    expected: { verdict: 'stopped-by-hand', cause: 'taken-back' },
    change: {
      external: { baseTasks: 2, minimumHealthyPercent: 100, maximumPercent: 200, lostAfterSeconds: 1_800 },
      rollout: { bakeSeconds: 600, deadlineSeconds: 900 },
    },
    play: async (stage) => {
      const digest = await stage.released('v1');
      // The last sweep before the deadline of 900 s is over by then, and ECS has given up.
      const ended = await stoppedInBake(stage, 'v2', 700);
      await stage.world.pass(1_000);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'the site is back that was away for the whole way back, after ECS had given up',
    expected: { verdict: 'completed', cause: 'caught-up' },
    change: siteOfTwo,
    play: async (stage) => {
      const digest = await stage.released('v1');
      await stoppedInBake(stage, 'v2');
      await stage.world.pass(3_600);
      return catchesUp(stage, digest);
    },
  },
  {
    state: 'the site is back that was away for the whole way back of a first release',
    expected: { verdict: 'completed', cause: 'taken-back' },
    change: siteOfTwo,
    play: async (stage) => {
      const stopped = await stoppedInBake(stage, 'v1');
      stage.check('it was taken back', stopped.verdict === 'stopped-by-hand', stopped.verdict);
      const ended = await afterReturn(stage);
      await isWhereItWas(stage);
      return ended;
    },
  },
  {
    state: 'the cloud side fails in the bake, and the site is away for the whole way back',
    expected: { verdict: 'rolled-back', cause: 'crash-after-start' },
    change: siteOfTwo,
    play: async (stage) => {
      const { world } = stage;
      const first = await stage.released('v1');
      const exits = { afterSeconds: 120, code: 1 };
      const { execution } = await stage.pushed('v2', { exits, onlyOn: 'FARGATE' });
      await world.reaches(execution, 'Let it bake');
      stage.linkSite(false);
      const ended = await world.end(execution);
      stage.twinRestsOn(fargate, first, 1);
      const back = await catchesUp(stage, first);
      stage.check('the site catches up', back.cause === 'caught-up', back.cause);
      return ended;
    },
  },
  {
    state: 'the site goes away again while it is taken back, and returns',
    expected: { verdict: 'completed', cause: 'caught-up' },
    play: async (stage) => {
      const { world } = stage;
      const { first } = await lostWhileMoving(stage);
      const known = world.executions().length;
      await link(stage, true);
      const moves = world.movedTo(external).length;
      await world.until('it is moved', () => world.movedTo(external).length > moves);
      stage.linkSite(false);
      const lost = await world.end(world.executions()[known]?.arn ?? '');
      stage.check(
        'the site is lost again',
        lost.cause === 'site-lost',
        `${lost.verdict}/${lost.cause}: ${lost.reason}`,
      );
      await world.pass(3_600);
      return catchesUp(stage, first);
    },
  },
  {
    state: 'the site is back while another rollout is under way',
    expected: { verdict: 'completed', cause: 'caught-up' },
    change: { rollout: { mixedReleasesSafe: true, bakeSeconds: 1_800 } },
    play: async (stage) => {
      const { world } = stage;
      await lostWhileMoving(stage);
      const { digest, execution } = await stage.pushed('v3');
      await world.reaches(execution, 'Let it bake');
      stage.linkSite(true);
      const ended = await world.end(execution);
      stage.check('it was deferred', ended.cause === 'site-away', `${ended.verdict}/${ended.cause}`);
      return catchesUp(stage, digest);
    },
  },
  {
    state: 'the site is back, and what was to catch up is stopped before it has the service',
    expected: { verdict: 'completed', cause: 'caught-up' },
    play: async (stage) => {
      const { world } = stage;
      const { first } = await lostWhileMoving(stage);
      const catching = () => world.executions().filter(({ name }) => name.startsWith('site-return-'));
      stage.linkSite(true);
      await world.until('a rollout catches up', () => catching().length > 0);
      await world.call('states', 'StopExecution', { executionArn: catching()[0]?.arn ?? '' });
      await world.until('another one catches up', () => catching().length > 1);
      const ended = await world.end(catching()[1]?.arn ?? '');
      await stage.restsOn(first);
      return ended;
    },
  },
  {
    state: 'the site is back, and the way back of the other twin had failed meanwhile',
    expected: { verdict: 'completed', cause: 'taken-back' },
    change: siteOfTwo,
    play: async (stage) => {
      const { world } = stage;
      const first = await stage.released('v1');
      stage.refuse(({ folder, action, payload }) => {
        const move = payload as { readonly kind: string; readonly step: { readonly twin: string } };
        return (
          folder === 'move-twin' && action === 'UpdateService' && move.kind === 'back' && move.step.twin === fargate
        );
      }, 'InvalidParameterException');
      const failed = await stoppedInBake(stage, 'v2');
      stage.check('a person is needed', failed.verdict === 'rollback-failed', failed.verdict);
      world.interference = { fateOf: () => undefined };
      const ended = await afterReturn(stage);
      await stage.restsOn(first);
      return ended;
    },
  },
  {
    state: 'one of three machines is cut off, and holds a task of the release before',
    expected: { verdict: 'completed', cause: 'proved' },
    change: siteOfThree,
    play: async (stage) => {
      await stage.released('v1');
      linkOne(stage, false);
      await stage.world.pass(480);
      const ended = await stage.rolledOut('v2');
      stage.check('it does not wait for its deadline', ended.seconds < 900 + 600, `${ended.seconds} s`);
      linkOne(stage, true);
      await stage.restsOn(ended.digest);
      return ended;
    },
  },
  {
    state: 'one of three machines is cut off, and holds a task of a release that crashes in the cloud',
    expected: { verdict: 'rolled-back', cause: 'crash-after-start' },
    change: siteOfThree,
    play: async (stage) => {
      const { world } = stage;
      const first = await stage.released('v1');
      const { execution } = await stage.pushed('v2', { exits: { afterSeconds: 120, code: 1 }, onlyOn: 'FARGATE' });
      await world.reaches(execution, 'Let it bake');
      linkOne(stage, false);
      const ended = await world.end(execution);
      linkOne(stage, true);
      await stage.restsOn(first);
      return ended;
    },
  },
];
