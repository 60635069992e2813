import { describe, expect, it } from 'vitest';
import { commitRelease, releaseAskedAt, releaseLease } from './close-rollout.ts';
import { concludeFailure, concludeSuccess } from './conclude-rollout.ts';
import { endStopped, guardRollout, type StoppedStart } from './guard-rollout.ts';
import { judgeProbe, judgeStopped, probeFailure } from './judge-probe.ts';
import { judgeWatched } from './judge-watched.ts';
import { isProved, previousRelease, wayBack } from './release-history.ts';
import { goesBackToWhereSeen, mayTakeBack, type PlanFacts, planRollout } from './rollout-plan.ts';
import { type Control, type Failure, newRecord, type Release, type Rollout, type Step } from './state.ts';
import { lastProved } from './take-lease.ts';
import { endOf, errorName, exitCodeOf, verdicts } from './verdict.ts';

const td = (name: string): string => `arn:aws:ecs:us-east-1:123456789012:task-definition/${name}`;
const twins = [
  { twin: 'shop-fargate', capacity: 'fargate' as const, baseTasks: 2 },
  { twin: 'shop-external', capacity: 'external' as const, baseTasks: 3 },
];
const release = (digest: string, more: Partial<Release> = {}): Release => ({
  digest,
  image: `shop@${digest}`,
  rolloutId: `of-${digest}`,
  askedAt: '2026-11-23T10:58:00.000Z',
  provedAt: '2026-11-23T11:00:00.000Z',
  provedOn: ['shop-fargate'],
  taskDefinitions: { 'shop-fargate': td('shop-fargate:4'), 'shop-external': td('shop-external:4') },
  trigger: { kind: 'push' },
  ...more,
});
const planFacts: PlanFacts = {
  twins,
  before: {
    'shop-fargate': { taskDefinition: td('shop-fargate:4'), desiredCount: 2 },
    'shop-external': { taskDefinition: td('shop-external:4'), desiredCount: 3 },
  },
  taskDefinitions: { 'shop-fargate': td('shop-fargate:5'), 'shop-external': td('shop-external:5') },
  probes: {},
  release: release('sha256:1'),
  current: release('sha256:1'),
  unsettled: undefined,
};

describe('the plan of a rollout', () => {
  it('moves the twins in the order of the waves and touches no count', () => {
    const plan = planRollout(planFacts);
    expect(plan.backFrom).toBe('touched');
    expect(plan.steps.map(({ twin, to, back }) => ({ twin, to, back }))).toEqual([
      {
        twin: 'shop-fargate',
        to: { taskDefinition: td('shop-fargate:5') },
        back: { taskDefinition: td('shop-fargate:4') },
      },
      {
        twin: 'shop-external',
        to: { taskDefinition: td('shop-external:5') },
        back: { taskDefinition: td('shop-external:4') },
      },
    ]);
  });

  const unreleased: PlanFacts = {
    ...planFacts,
    release: undefined,
    before: {
      'shop-fargate': { taskDefinition: td('shop-fargate-template:1'), desiredCount: 0 },
      'shop-external': { taskDefinition: td('shop-external-template:1'), desiredCount: 0 },
    },
  };

  it('raises twins that were never released to their base, and lowers them on the way back', () => {
    expect(planRollout(unreleased).steps.map(({ to, back }) => [to.desiredCount, back])).toEqual([
      [2, { taskDefinition: td('shop-fargate-template:1'), desiredCount: 0 }],
      [3, { taskDefinition: td('shop-external-template:1'), desiredCount: 0 }],
    ]);
  });

  it('leaves a released twin that an operator set to 0 at 0', () => {
    const before = { ...planFacts.before, 'shop-fargate': { taskDefinition: td('shop-fargate:4'), desiredCount: 0 } };
    expect(planRollout({ ...planFacts, before }).steps[0]?.to).toEqual({ taskDefinition: td('shop-fargate:5') });
  });

  it('leaves an adopted twin without release at its count', () => {
    const before = { ...planFacts.before, 'shop-fargate': { taskDefinition: td('legacy:9'), desiredCount: 0 } };
    const [step] = planRollout({ ...planFacts, before, release: undefined }).steps;
    expect(step?.to.desiredCount).toBeUndefined();
    expect(step?.back).toEqual({ taskDefinition: td('legacy:9') });
  });

  it('takes a twin on its template that has tasks for one that somebody uses, and leaves its count', () => {
    const used = { taskDefinition: td('shop-fargate-template:1'), desiredCount: 1 };
    const [step] = planRollout({ ...unreleased, before: { ...unreleased.before, 'shop-fargate': used } }).steps;
    expect(step).toMatchObject({ to: { taskDefinition: td('shop-fargate:5') }, desiredCount: 1 });
    expect(step?.to).not.toHaveProperty('desiredCount');
    expect(step?.back).not.toHaveProperty('desiredCount');
  });

  it('knows the count that a twin has now, which after a take-over is not the one before the dead rollout', () => {
    const now = { ...planFacts.before, 'shop-fargate': { taskDefinition: td('shop-fargate:8'), desiredCount: 7 } };
    const unsettled = { before: planFacts.before, taskDefinitions: [] };
    const counts = (facts: PlanFacts) => planRollout(facts).steps.map(({ desiredCount }) => desiredCount);
    expect(counts({ ...planFacts, before: now, unsettled })).toEqual([7, 3]);
    expect(counts({ ...planFacts, before: {}, unsettled })).toEqual([2, 3]);
  });

  it('counts as ours both ends, the old place and what overtaken rollouts registered, each once', () => {
    expect(planRollout(planFacts).steps[0]).toMatchObject({
      overtaken: [],
      ours: [td('shop-fargate:5'), td('shop-fargate:4')],
    });
    const taskDefinitions = [4, 5, 8, 8].map((revision) => td(`shop-fargate:${revision}`));
    const before = { ...planFacts.before, 'shop-fargate': { taskDefinition: td('shop-fargate:3'), desiredCount: 2 } };
    const facts = { ...planFacts, before, unsettled: { before: {}, taskDefinitions } };
    // Neither end of this rollout counts as overtaken: what arrives there late is what is wanted.
    expect(planRollout(facts).steps[0]).toMatchObject({
      overtaken: [td('shop-fargate:8'), td('shop-fargate:8')],
      ours: [5, 4, 3, 8].map((revision) => td(`shop-fargate:${revision}`)),
    });
  });

  it('hands on how a twin is probed and launched, where that is known, and otherwise nothing', () => {
    const probe = { container: 'app', healthSeconds: 45, healthChecked: true };
    const launch = { launchType: 'FARGATE' };
    const before = {
      ...planFacts.before,
      'shop-fargate': { taskDefinition: td('shop-fargate:4'), desiredCount: 2, launch },
    };
    const [fargate, external] = planRollout({ ...planFacts, before, probes: { 'shop-fargate': probe } }).steps;
    expect(fargate).toMatchObject({ probe, launch, capacity: 'fargate' });
    expect(external).not.toHaveProperty('probe');
    expect(external).not.toHaveProperty('launch');
  });

  it('is not made for a twin that was not observed, or that has no task definition', () => {
    const sentence = 'shop-external was not observed or has no task definition';
    const { 'shop-external': _before, ...before } = planFacts.before;
    expect(() => planRollout({ ...planFacts, before })).toThrow(new TypeError(sentence));
    const { 'shop-external': _to, ...taskDefinitions } = planFacts.taskDefinitions;
    expect(() => planRollout({ ...planFacts, taskDefinitions })).toThrow(new TypeError(sentence));
  });

  it('goes back to the proved release and not to where a twin happened to stand', () => {
    const before = { ...planFacts.before, 'shop-fargate': { taskDefinition: td('shop-fargate:3'), desiredCount: 2 } };
    expect(planRollout({ ...planFacts, before }).steps[0]?.back.taskDefinition).toBe(td('shop-fargate:4'));
  });

  it('goes back from all twins where one stands on a release that nothing proved, and not where somebody else put it', () => {
    const [fargate, external] = [td('shop-fargate:5'), td('shop-external:4')];
    const taskDefinitions = { 'shop-fargate': fargate, 'shop-external': external };
    const current = release('sha256:2', { provedOn: [], taskDefinitions });
    const before = { ...planFacts.before, 'shop-fargate': { taskDefinition: fargate, desiredCount: 0 } };
    expect(planRollout({ ...planFacts, current, before })).toMatchObject({
      backFrom: 'all',
      steps: [{ back: { taskDefinition: td('shop-fargate:4') } }, { back: { taskDefinition: external } }],
    });
    expect(planRollout({ ...planFacts, current }).backFrom).toBe('touched');
    expect(planRollout({ ...planFacts, current: undefined, before }).backFrom).toBe('touched');
    expect(planRollout({ ...planFacts, release: undefined, current, before }).backFrom).toBe('touched');
    expect(planRollout({ ...planFacts, release: current, current, before }).backFrom).toBe('touched');
  });

  it('after a take-over goes back from all twins, to where they were before the dead rollout', () => {
    const half = {
      'shop-fargate': { taskDefinition: td('shop-fargate:8'), desiredCount: 2 },
      'shop-external': unreleased.before['shop-external'] ?? { taskDefinition: '', desiredCount: 0 },
    };
    const plan = planRollout({
      ...unreleased,
      before: half,
      unsettled: { before: unreleased.before, taskDefinitions: [td('shop-fargate:8')] },
    });
    expect(plan.backFrom).toBe('all');
    expect(plan.steps[0]).toMatchObject({
      to: { desiredCount: 2 },
      back: { taskDefinition: td('shop-fargate-template:1'), desiredCount: 0 },
      overtaken: [td('shop-fargate:8')],
    });
  });
});

describe('a twin without any release', () => {
  const of = (control: Partial<Control>) => goesBackToWhereSeen('shop-fargate', control);

  it('goes back to where it is seen, unless a rollout has left it half done', () => {
    expect(of({})).toBe(true);
    expect(of({ release: release('sha256:1') })).toBe(false);
    expect(of({ proved: release('sha256:1') })).toBe(false);
    expect(of({ release: release('sha256:1', { taskDefinitions: {} }) })).toBe(true);
    const before = { 'shop-fargate': { taskDefinition: td('shop-fargate-template:1'), desiredCount: 0 } };
    expect(of({ unsettled: { before, taskDefinitions: [] } })).toBe(false);
    expect(of({ unsettled: { before: {}, taskDefinitions: [] } })).toBe(true);
  });
});

describe('the way back', () => {
  const step = planRollout(planFacts).steps[0] as Step;

  it('writes what is ours, also when it is read late', () => {
    expect(mayTakeBack(step, td('shop-fargate:5'))).toBe(true);
    expect(mayTakeBack(step, td('shop-fargate:4'))).toBe(true);
  });

  it('writes a twin that shows no deployment at all', () => {
    expect(mayTakeBack(step, undefined)).toBe(true);
  });

  it('leaves what somebody else put there', () => {
    expect(mayTakeBack(step, td('shop-fargate:99'))).toBe(false);
  });
});

describe('the verdict', () => {
  const pushed = { goal: 'release' as const, trigger: { kind: 'push' } };
  const sick: Failure = { kind: 'twin', twin: 'shop-fargate', cause: 'unhealthy', reason: 'Sick.', leave: false };
  const conclude = (failure: Failure, wentBack: boolean, backFailures: readonly Failure[] = []) => {
    const { verdict, cause } = concludeFailure({
      failure,
      wentBack,
      moved: wentBack,
      backFailures,
      standing: [],
      lost: [],
    });
    return `${verdict}/${cause}`;
  };

  it('of a failure on a twin is its cause', () => {
    expect(conclude(sick, true)).toBe('rolled-back/unhealthy');
    expect(conclude({ ...sick, cause: 'changed-by-someone-else', leave: true }, true)).toBe(
      'changed-by-someone-else/task-definition',
    );
    expect(conclude({ ...sick, cause: 'service-deleted', leave: true }, true)).toBe('service-deleted/during-rollout');
  });

  it('of a failed way back needs a person, whatever came first', () => {
    expect(conclude(sick, true, [{ ...sick, cause: 'timed-out' }])).toBe('rollback-failed/needs-a-person');
  });

  it('of a failed function depends on whether anything was written', () => {
    const error: Failure = {
      kind: 'error',
      at: 'Move the twin',
      error: 'AccessDeniedException',
      message: '{"errorMessage":"not allowed"}',
    };
    expect(conclude(error, true)).toBe('rolled-back/controller-error');
    expect(conclude(error, false)).toBe('refused/controller-error');
    expect(
      concludeFailure({ failure: error, wentBack: false, moved: false, backFailures: [], standing: [], lost: [] })
        .reason,
    ).toContain('AccessDeniedException: not allowed');
  });

  it('of a refusal says whether it took back what an earlier rollout had left', () => {
    const failure: Failure = { kind: 'refused', cause: 'site-away', reason: 'The site is away' };
    const refused = (wentBack: boolean) =>
      concludeFailure({ failure, wentBack, moved: false, backFailures: [], standing: [], lost: [] });
    expect(refused(false)).toMatchObject({
      verdict: 'refused',
      cause: 'site-away',
      reason: 'The site is away. Nothing was changed.',
    });
    expect(refused(true)).toMatchObject({
      verdict: 'refused',
      cause: 'site-away',
      reason:
        'The site is away. Nothing of it was started; what an earlier rollout had left half done was taken back. Every twin is on the last proved release, or where it was before the first one.',
    });
  });

  it('of a lost fence claims nothing about the twins', () => {
    const lost: Failure = { kind: 'error', at: 'Move the twin', error: 'FenceLost', message: '' };
    expect(conclude(lost, false)).toBe('superseded/fence-lost');
    expect(conclude(sick, true, [lost])).toBe('superseded/fence-lost');
  });

  it('of an execution that ended without closing it depends on who ended it, and on whether a twin was moved', () => {
    const stopped = (status: string): Failure => ({ kind: 'stopped', status, reason: 'It ended.' });
    expect(conclude(stopped('ABORTED'), true)).toBe('stopped-by-hand/taken-back');
    expect(conclude(stopped('ABORTED'), false)).toBe('stopped-by-hand/before-any-change');
    expect(conclude(stopped('TIMED_OUT'), true)).toBe('rolled-back/controller-error');
    expect(conclude(stopped('FAILED'), false)).toBe('refused/controller-error');
    expect(conclude({ kind: 'left-behind', reason: 'Left.' }, true)).toBe('completed/taken-back');
  });

  it('of a rollout that made room says whether it had moved a twin', () => {
    const failure: Failure = { kind: 'superseded', by: 'arn:execution:b', reason: 'A newer one.' };
    expect(conclude(failure, false)).toBe('superseded/newer-rollout');
    expect(
      concludeFailure({ failure, wentBack: false, moved: true, backFailures: [], standing: [], lost: [] }).cause,
    ).toBe('at-safe-point');
  });

  it('of a success says how each twin was proved', () => {
    const proved = { twin: 'shop-external', tasks: 3, desiredCount: 3 };
    const resting = { twin: 'shop-fargate', tasks: 0, desiredCount: 0 };
    const probed = { ...resting, tasks: 1, probed: true };
    const conclude = (proof: Parameters<typeof concludeSuccess>[1]) =>
      concludeSuccess({ service: 'shop', twins, ...pushed }, proof);
    expect(conclude([proved, { ...proved, twin: 'shop-fargate' }]).cause).toBe('proved');
    expect(conclude([proved, probed]).cause).toBe('proved-by-probe');
    expect(conclude([proved, resting])).toMatchObject({ cause: 'partly-proved', succeeded: true });
    expect(conclude([proved, resting]).reason).toContain('shop-fargate');
    expect(conclude([{ ...proved, tasks: 0 }, resting])).toMatchObject({ verdict: 'nothing-proved' });
    const [only] = twins;
    expect(concludeSuccess({ service: 'shop', twins: only ? [only] : [], ...pushed }, [proved]).cause).toBe(
      'one-capacity',
    );
  });

  it('of a success with a site away is deferred, and of its return caught up', () => {
    const proved = { twin: 'shop-fargate', tasks: 2, desiredCount: 2 };
    const end = concludeSuccess({ service: 'shop', twins, ...pushed }, [proved], ['shop-external']);
    expect(end).toMatchObject({ verdict: 'deferred', cause: 'site-away', succeeded: true });
    const lost = concludeSuccess({ service: 'shop', twins, ...pushed }, [proved], [], ['shop-external']);
    expect(lost).toMatchObject({ verdict: 'deferred', cause: 'site-lost', succeeded: true });
    const back = { service: 'shop', twins, goal: 'refresh' as const, trigger: { kind: 'site-return' } };
    expect(concludeSuccess(back, [proved]).cause).toBe('caught-up');
  });

  it('of a success that nothing proved tells of a site that is away or was lost, too', () => {
    const resting = { twin: 'shop-fargate', tasks: 0, desiredCount: 0 };
    const reasonOf = (...sites: readonly string[][]): string =>
      concludeSuccess({ service: 'shop', twins, ...pushed }, [resting], ...sites).reason;
    const none = 'shop is on the release, but no task has run it: shop-fargate rest at desired count 0.';
    expect(reasonOf()).toBe(none);
    expect(reasonOf(['shop-external'])).toBe(
      `${none} The site is away: shop-external gets the release when it returns.`,
    );
    expect(reasonOf([], ['shop-external'])).toBe(
      `${none} The site was lost on the way: shop-external gets the release when it returns.`,
    );
  });

  it('of a success tells that somebody else changed a count, unless nothing was proved', () => {
    const changed = { twin: 'shop-external', tasks: 5, desiredCount: 5, countBefore: 3 };
    const end = concludeSuccess({ service: 'shop', twins, ...pushed }, [changed]);
    expect(end).toMatchObject({ verdict: 'changed-by-someone-else', cause: 'desired-count', succeeded: true });
    expect(end.reason).toContain('shop-external from 3 to 5');
    expect(concludeSuccess({ service: 'shop', twins, ...pushed }, [{ ...changed, tasks: 0 }]).verdict).toBe(
      'nothing-proved',
    );
  });

  it('of an alarm, a grown dead-letter queue or an image that is gone is its cause', () => {
    for (const cause of ['alarm', 'dead-letters', 'image-missing'] as const) {
      expect(conclude({ kind: 'watched', cause, reason: 'It rose.' }, true)).toBe(`rolled-back/${cause}`);
    }
  });

  it('that needs a person tells how each twin stands', () => {
    const standing = [
      { twin: 'shop-fargate', observed: undefined },
      {
        twin: 'shop-external',
        observed: {
          twin: 'shop-external',
          active: true,
          desiredCount: 3,
          runningCount: 3,
          pendingCount: 0,
          primary: undefined,
          deployments: [
            { taskDefinition: td('shop-external:5'), running: 1, pending: 0 },
            { taskDefinition: td('shop-external:4'), running: 2, pending: 0 },
          ],
          placementFailure: undefined,
        },
      },
    ];
    const { reason } = concludeFailure({
      failure: sick,
      wentBack: true,
      moved: true,
      backFailures: [sick],
      standing,
      lost: [],
    });
    expect(reason).toContain('shop-fargate does not exist.');
    expect(reason).toContain('shop-external runs 1 of shop-external:5 and 2 of shop-external:4, and 3 are desired.');
  });

  it('is in the list once, with an error name exactly when the execution fails', () => {
    const names = verdicts.map((entry) => `${entry.of} ${entry.verdict} ${entry.cause}`);
    expect(new Set(names).size).toBe(names.length);
    expect(endOf('rollout', 'rolled-back', 'pull-failure').error).toBe('RolloutRolledBack.pull-failure');
    expect(endOf('rollout', 'completed', 'proved').error).toBeNull();
    for (const entry of verdicts) {
      expect(entry.sentence).toMatch(/\.$/);
      expect(errorName(entry)).toMatch(/^(Rollout|Burst)[A-Z][A-Za-z]+\.[a-z-]+$/);
      if (!entry.succeeded) expect(exitCodeOf(entry.of, entry)).not.toBe(0);
    }
  });
});

describe('a probe', () => {
  const plan = { healthSeconds: 45, healthChecked: true };
  const rollout = { repository: 'shop', digest: 'sha256:aa', acceptedDigests: ['sha256:aa', 'sha256:child'] };
  const well = {
    missing: false,
    stopped: undefined,
    running: true,
    health: 'healthy' as const,
    images: [{ image: '1.dkr.ecr.r.amazonaws.com/shop@sha256:aa', digest: 'sha256:child' }],
  };

  it('proves the release when it runs, is healthy and has the digest', () => {
    expect(judgeProbe(well, plan, rollout, 0).kind).toBe('proved');
  });

  it('fails when it stopped, is not healthy in its time, or runs another digest', () => {
    const crash = { cause: 'crash-after-start' as const, reason: 'exit code 1', mendable: true };
    const stopped = { failure: crash, stoppedReason: 'Essential container in task exited' };
    const failed = (reason: string) => ({ kind: 'failed', cause: 'probe-failed', reason });
    expect(judgeProbe({ ...well, stopped, running: false }, plan, rollout, 0)).toEqual(failed('exit code 1'));
    expect(judgeProbe({ ...well, health: 'unhealthy' }, plan, rollout, 0)).toEqual(
      failed('after 45 s its health is unhealthy'),
    );
    const other = well.images.map((each) => ({ ...each, digest: 'sha256:bb' }));
    expect(judgeProbe({ ...well, images: other }, plan, rollout, 0)).toEqual(
      failed('it runs sha256:bb and not sha256:aa'),
    );
  });

  it('that shows no health or no digest yet may be read late, and fails when it is looked at for 15 s', () => {
    const unsettled = (reason: string) => ({ kind: 'unsettled', reason: `The probe may be read late: ${reason}` });
    const failed = (reason: string) => ({ kind: 'failed', cause: 'probe-failed', reason });
    const unknown = 'after 45 s its health is unknown';
    expect(judgeProbe({ ...well, health: 'unknown' }, plan, rollout, 14_999)).toEqual(unsettled(unknown));
    expect(judgeProbe({ ...well, health: 'unknown' }, plan, rollout, 15_000)).toEqual(failed(unknown));
    const none = 'it runs no digest that it tells and not sha256:aa';
    const silent = well.images.map((each) => ({ ...each, digest: undefined }));
    for (const images of [silent, []]) {
      expect(judgeProbe({ ...well, images }, plan, rollout, 14_999)).toEqual(unsettled(none));
      expect(judgeProbe({ ...well, images }, plan, rollout, 15_000)).toEqual(failed(none));
    }
  });

  it('is judged by the container of the release and not by another one of its task', () => {
    const images = [{ image: 'sidecar:1', digest: 'sha256:zz' }, ...well.images];
    expect(judgeProbe({ ...well, images }, plan, rollout, 0).kind).toBe('proved');
    const strange = [
      ...well.images.map((each) => ({ ...each, digest: 'sha256:bb' })),
      { image: 's', digest: 'sha256:aa' },
    ];
    expect(judgeProbe({ ...well, images: strange }, plan, rollout, 0).kind).toBe('failed');
  });

  it('that ECS does not show is not judged: a stopped task is shown for an hour, so the read is late', () => {
    expect(judgeProbe({ ...well, missing: true, running: false }, plan, rollout, 60_000)).toEqual({
      kind: 'unsettled',
      reason: 'ECS does not show the probe',
    });
    expect(judgeProbe({ ...well, running: false }, plan, rollout, 60_000)).toEqual({
      kind: 'unsettled',
      reason: 'The probe neither runs nor has stopped',
    });
  });

  it('that AWS or somebody stopped, or that AWS could not start, says nothing against the image', () => {
    const stopped = (reason: string) => ({
      kind: 'failed',
      cause: 'probe-stopped',
      reason: `it was stopped from outside: ${reason}`,
    });
    const outside = { failure: undefined, stoppedReason: 'Your Spot Task was interrupted.' };
    expect(judgeProbe({ ...well, running: false, stopped: outside }, plan, rollout, 0)).toEqual(
      stopped('Your Spot Task was interrupted.'),
    );
    expect(judgeStopped({ failure: undefined, stoppedReason: '' })).toEqual(stopped('ECS does not say why'));
    const reason = 'Capacity is unavailable at this time.';
    for (const cause of ['failed-to-start', 'pull-failure'] as const) {
      const judged = (mendable: boolean) =>
        judgeStopped({ failure: { cause, reason, mendable }, stoppedReason: 'other' });
      const started = { kind: 'failed', cause: 'probe-stopped', reason: `it could not be started: ${reason}` };
      expect(judged(true)).toEqual(started);
      // An image that is not there, a program that it does not have: no retry can mend that.
      expect(judged(false)).toEqual({ kind: 'failed', cause: 'probe-failed', reason });
    }
    for (const cause of ['crash-after-start', 'exits-cleanly', 'unhealthy'] as const) {
      const failure = { cause, reason, mendable: true };
      expect(judgeStopped({ failure, stoppedReason: 'other' }).cause).toBe('probe-failed');
    }
  });

  it('that failed takes its twin back with the others', () => {
    expect(probeFailure('shop-fargate', 'probe-failed', 'It exited.')).toEqual({
      kind: 'twin',
      twin: 'shop-fargate',
      cause: 'probe-failed',
      reason: 'It exited.',
      leave: false,
    });
  });

  it('without a health check need only run', () => {
    const unchecked = { ...plan, healthChecked: false };
    expect(judgeProbe({ ...well, health: 'unknown' }, unchecked, rollout, 0).kind).toBe('proved');
  });
});

describe('what is watched', () => {
  const before = { raised: ['old'], deadLetters: { 'orders-dlq': 2 } };

  it('says nothing of an alarm that was up before, or of a dead-letter queue that did not grow', () => {
    expect(judgeWatched(before, before)).toBeUndefined();
    expect(judgeWatched(before, { raised: [], deadLetters: { 'orders-dlq': 0 } })).toBeUndefined();
  });

  it('fails on a new alarm, and on one dead letter more', () => {
    expect(judgeWatched(before, { ...before, raised: ['old', 'new', 'third'] })).toEqual({
      kind: 'watched',
      cause: 'alarm',
      reason: 'new, third rose since the rollout began',
    });
    expect(judgeWatched(before, { ...before, deadLetters: { 'orders-dlq': 3, 'new-dlq': 1, 'empty-dlq': 0 } })).toEqual(
      {
        kind: 'watched',
        cause: 'dead-letters',
        reason: 'Grown since the rollout began: orders-dlq from 2 to 3 messages, new-dlq from 0 to 1 messages',
      },
    );
  });
});

describe('the record of a rollout', () => {
  it('begins with what was admitted, and its twins in the order of the waves', () => {
    const rollout = {
      service: 'shop',
      rolloutId: 'push-1',
      executionArn: 'arn:execution:push-1',
      startedAt: '2026-11-23T12:00:00.000Z',
      digest: 'sha256:2',
      image: 'shop:v2',
      trigger: { kind: 'push' },
      actor: 'ada',
      fence: 3,
      twins,
    } as unknown as Rollout;
    const { twins: _twins, ...told } = rollout;
    expect(newRecord(rollout)).toEqual({ ...told, waves: ['shop-fargate', 'shop-external'], admitted: rollout });
  });
});

describe('the control item after a rollout', () => {
  const holder = { executionArn: 'arn:execution:a' };
  const held: Control = {
    service: 'shop',
    fence: 3,
    rollout: { ...holder, rolloutId: 'a', startedAt: '', digest: 'sha256:2', force: false },
    unsettled: { before: { 'shop-fargate': { taskDefinition: 'td:1', desiredCount: 0 } }, taskDefinitions: ['td:2'] },
  };
  const record = {
    before: { 'shop-fargate': { taskDefinition: 'td:2', desiredCount: 2 } },
    taskDefinitions: { 'shop-fargate': 'td:3' },
  };
  const left = (verdict: string, cause: string, wentBack: boolean) => ({ end: { verdict, cause }, wentBack, record });

  it('holds a release that was asked for when its rollout was, and a refresh leaves that as it was', () => {
    const askedAt = '2026-11-23T12:05:00.000Z';
    const control = { release: release('sha256:1') };
    expect(releaseAskedAt(control, { goal: 'release', askedAt })).toBe(askedAt);
    expect(releaseAskedAt(control, { goal: 'refresh', askedAt })).toBe('2026-11-23T10:58:00.000Z');
    expect(releaseAskedAt({}, { goal: 'refresh', askedAt })).toBe(askedAt);
    expect(releaseAskedAt(undefined, { goal: 'refresh', askedAt })).toBe(askedAt);
  });

  it('has the release, no lease and nothing unsettled after a commit', () => {
    expect(commitRelease(held, holder, release('sha256:2'))).toEqual({
      service: 'shop',
      fence: 3,
      release: release('sha256:2'),
    });
  });

  it('has the first release alone after its commit where nothing proved it', () => {
    const unproved = release('sha256:2', { provedOn: [] });
    expect(commitRelease({ service: 'shop', fence: 3, rollout: held.rollout }, holder, unproved)).toEqual({
      service: 'shop',
      fence: 3,
      release: unproved,
    });
  });

  it('is not written by an execution that lost the lease', () => {
    const stranger = { executionArn: 'arn:execution:b' };
    expect(commitRelease(held, stranger, release('sha256:2'))).toBeUndefined();
    expect(commitRelease({ service: 'shop', fence: 3 }, holder, release('sha256:2'))).toBeUndefined();
    expect(releaseLease(held, stranger, left('rolled-back', '', true))).toBeUndefined();
  });

  it('remembers which twins were deferred, until the next release is on all of them', () => {
    const after = commitRelease(held, holder, release('sha256:2'), ['shop-external']);
    expect(after).toEqual({
      service: 'shop',
      fence: 3,
      release: release('sha256:2'),
      deferred: ['shop-external'],
    });
    const next = { ...after, service: 'shop', fence: 4, rollout: held.rollout };
    expect(commitRelease(next, holder, release('sha256:3'))).not.toHaveProperty('deferred');
  });

  it('has something unsettled after the first failed way back too, with or without a record of what was touched', () => {
    const { unsettled: _none, ...clean } = held;
    expect(releaseLease(clean, holder, left('rollback-failed', '', true))?.unsettled).toEqual({
      before: record.before,
      taskDefinitions: ['td:3'],
      needsPerson: true,
    });
    const unread = { ...left('superseded', 'at-safe-point', false), record: undefined };
    expect(releaseLease(clean, holder, unread)?.unsettled).toEqual({ before: {}, taskDefinitions: [] });
    expect(releaseLease(clean, holder, left('refused', '', false))).toEqual({ service: 'shop', fence: 3 });
  });

  it('remembers the twins that were left alone since their site was lost, each once', () => {
    const lost = { ...left('rolled-back', 'site-lost', true), lost: ['shop-external'] };
    const known = { ...held, release: release('sha256:1') };
    const after = { service: 'shop', fence: 3, deferred: ['shop-external'], release: known.release };
    expect(releaseLease(known, holder, lost)).toEqual(after);
    expect(releaseLease({ ...known, deferred: ['shop-external'] }, holder, lost)).toEqual(after);
    expect(releaseLease({ ...held, deferred: ['shop-depot'] }, holder, lost)?.deferred).toEqual([
      'shop-depot',
      'shop-external',
    ]);
    expect(releaseLease(held, holder, { ...lost, lost: [] })).not.toHaveProperty('deferred');
  });

  it('has nothing unsettled after a way back', () => {
    expect(releaseLease(held, holder, left('rolled-back', '', true))).toEqual({ service: 'shop', fence: 3 });
  });

  it('keeps what is unsettled after a refusal, and adds to it after a failed way back or a take-over on the way', () => {
    expect(releaseLease(held, holder, left('refused', '', false))?.unsettled).toEqual(held.unsettled);
    expect(releaseLease(held, holder, left('superseded', 'newer-rollout', false))?.unsettled).toEqual(held.unsettled);
    const added = {
      before: { 'shop-fargate': { taskDefinition: 'td:1', desiredCount: 0 } },
      taskDefinitions: ['td:2', 'td:3'],
    };
    expect(releaseLease(held, holder, left('rollback-failed', '', true))?.unsettled).toEqual({
      ...added,
      needsPerson: true,
    });
    expect(releaseLease(held, holder, left('superseded', 'at-safe-point', false))?.unsettled).toEqual(added);
  });

  it('leaves a twin whose site was lost before anything was proved to the return of the site', () => {
    // Swarm seed 1157: no release was there to bring it to, and nobody ever took it back.
    const { unsettled: _none, ...clean } = held;
    const lost = { ...left('rolled-back', 'site-lost', true), lost: ['shop-external'] };
    const after = releaseLease(clean, holder, lost);
    const behind = { before: record.before, taskDefinitions: ['td:3'], awaitsSite: true };
    expect(after).toEqual({ service: 'shop', fence: 3, deferred: ['shop-external'], unsettled: behind });
    // A person was asked for before: the site answers that.
    const asked = { ...held, unsettled: { ...held.unsettled, before: {}, taskDefinitions: [], needsPerson: true } };
    expect(releaseLease(asked, holder, lost)?.unsettled).toEqual(behind);
    // Where there is a release, its twin gets it on the return.
    const known = releaseLease({ ...clean, release: release('sha256:1') }, holder, lost);
    expect(known).toEqual({ service: 'shop', fence: 3, deferred: ['shop-external'], release: release('sha256:1') });
    const proved = releaseLease({ ...clean, proved: release('sha256:1') }, holder, lost);
    expect(proved).toEqual({ service: 'shop', fence: 3, deferred: ['shop-external'], release: release('sha256:1') });
  });

  it('defers no twin any more that a way back has visited', () => {
    const waiting = { ...held, deferred: ['shop-fargate', 'shop-edge'] };
    expect(releaseLease(waiting, holder, left('completed', 'taken-back', true))?.deferred).toEqual(['shop-edge']);
    expect(releaseLease(waiting, holder, left('rollback-failed', '', true))?.deferred).toEqual(waiting.deferred);
    expect(releaseLease(waiting, holder, left('refused', '', false))?.deferred).toEqual(waiting.deferred);
    const { unsettled: _none, ...touched } = waiting;
    expect(releaseLease(touched, holder, left('rolled-back', '', true))?.deferred).toEqual(waiting.deferred);
    const one = { ...held, deferred: ['shop-fargate'] };
    expect(releaseLease(one, holder, left('completed', 'taken-back', true))).not.toHaveProperty('deferred');
  });

  it('keeps no release as the proved one that nothing proved either', () => {
    // Swarm seed 2163: all twins rested at 0, and a way back led to the first of two such releases.
    const first = release('sha256:1', { provedOn: [] });
    const second = release('sha256:2', { provedOn: [] });
    const after = commitRelease({ ...held, release: first }, holder, second);
    expect(after).toMatchObject({ release: second });
    expect(after).not.toHaveProperty('proved');
    expect(after && lastProved(after)).toEqual(second);
  });

  it('keeps the last proved release beside one that nothing proved, and goes back to it', () => {
    const proved = release('sha256:1');
    const unproved = release('sha256:2', { provedOn: [] });
    const after = commitRelease({ ...held, release: proved }, holder, unproved);
    expect(after).toMatchObject({ release: unproved, proved });
    expect(after && lastProved(after)).toEqual(proved);
    const again = { ...after, service: 'shop', fence: 4, rollout: held.rollout };
    const third = release('sha256:3', { provedOn: [] });
    expect(commitRelease(again, holder, third)).toMatchObject({ release: third, proved });
    expect(releaseLease(again, holder, left('rolled-back', 'unhealthy', true))).toEqual({
      service: 'shop',
      fence: 4,
      release: proved,
    });
    expect(commitRelease(again, holder, release('sha256:4'))?.proved).toBeUndefined();
  });
});

describe('the guardian', () => {
  const rollout = {
    executionArn: 'arn:execution:a',
    rolloutId: 'a',
    startedAt: '2026-11-23T12:00:00.000Z',
    digest: 'sha256:2',
    force: false,
  };
  const unsettled = { before: {}, taskDefinitions: ['td:2'] };
  const guard = (more: Partial<Control>, facts = { holderRuns: false, newestRuns: false }) =>
    guardRollout({ service: 'shop', fence: 3, ...more }, facts).kind;

  it('takes back a rollout whose execution runs no more, and no other', () => {
    expect(guard({ rollout })).toBe('take-back');
    expect(guard({ rollout }, { holderRuns: true, newestRuns: false })).toBe('nothing');
    expect(guard({})).toBe('nothing');
  });

  it('says what it found', () => {
    const facts = { holderRuns: false, newestRuns: false };
    expect(guardRollout({ service: 'shop', fence: 3, rollout }, facts)).toEqual({
      kind: 'take-back',
      reason: 'The execution of rollout a ended and had not closed it.',
    });
    expect(guardRollout({ service: 'shop', fence: 3, unsettled }, facts)).toEqual({
      kind: 'take-back',
      reason: 'Twins were left half done, and no rollout goes on with them.',
    });
  });

  it('takes back what is unsettled when no start goes on with it, and leaves it when a person must look', () => {
    expect(guard({ unsettled })).toBe('take-back');
    expect(guard({ unsettled }, { holderRuns: false, newestRuns: true })).toBe('nothing');
    expect(guard({ unsettled: { ...unsettled, needsPerson: true } })).toBe('nothing');
    expect(guard({ unsettled: { ...unsettled, awaitsSite: true } })).toBe('nothing');
  });
});

describe('the end of a start that was stopped', () => {
  const stoppedAtMs = Date.parse('2026-11-23T12:00:00.000Z');
  const start: StoppedStart = {
    rolloutId: 'a',
    status: 'ABORTED',
    error: '',
    cause: 'the wrong image',
    stoppedAtMs,
    takesBack: false,
    record: undefined,
    waitedFor: undefined,
  };
  const later = stoppedAtMs + 35_000;
  const end = endOf('rollout', 'completed', 'proved', 'It runs.');
  const recorded = { ...end, endedAt: '2026-11-23T11:59:59.000Z' };
  const lease = (rolloutId: string) => ({
    rollout: {
      executionArn: 'arn:b',
      rolloutId,
      startedAt: '2026-11-23T11:00:00.000Z',
      digest: 'sha256:2',
      force: false,
    },
  });

  it('is told once none of its functions can write any more', () => {
    expect(endStopped({}, start, later - 1)).toBeUndefined();
    expect(endStopped({}, start, later)).toMatchObject({
      verdict: 'stopped-by-hand',
      cause: 'before-any-change',
      reason:
        'Its execution ended as ABORTED (the wrong image) before it had got the service. Nothing had been changed.',
    });
  });

  it('is told with what AWS says of it', () => {
    const end = endStopped({}, { ...start, status: 'TIMED_OUT', error: 'States.Timeout', cause: 'too slow' }, later);
    expect(end?.reason).toContain('ended as TIMED_OUT (States.Timeout: too slow) before');
  });

  it('says what it waited for, and whose fault it was', () => {
    const end = endStopped({}, { ...start, status: 'TIMED_OUT', cause: '', waitedFor: 'an approval' }, later);
    expect(end).toMatchObject({
      verdict: 'refused',
      cause: 'controller-error',
      reason: 'Its execution ended as TIMED_OUT while it waited for an approval. Nothing had been changed.',
    });
  });

  it('is left to whoever goes on with its lease', () => {
    expect(endStopped(lease('a'), { ...start, record: recorded }, later)).toBeUndefined();
    expect(endStopped(lease('a'), { ...start, record: {} }, later)).toBeUndefined();
    expect(endStopped(lease('b'), start, later)?.verdict).toBe('stopped-by-hand');
  });

  it('is what was recorded where it was stopped before it could tell of that', () => {
    expect(endStopped({}, { ...start, record: recorded }, later - 1)).toBeUndefined();
    expect(endStopped({}, { ...start, record: recorded }, later)).toEqual(end);
  });

  it('is that of a rollout that was overtaken where it had the service, and nobody goes on with it', () => {
    expect(endStopped(lease('b'), { ...start, record: {} }, later)).toMatchObject({
      verdict: 'superseded',
      cause: 'fence-lost',
      reason: expect.stringContaining(
        'ended as ABORTED (the wrong image), and another execution took the service over',
      ),
    });
  });

  it('is none where it was only to take back what another one had left', () => {
    expect(endStopped({}, { ...start, takesBack: true }, later)).toBeUndefined();
    expect(endStopped({}, { ...start, takesBack: true, record: {} }, later)?.verdict).toBe('superseded');
  });
});

describe('the release before the current one', () => {
  const back = { trigger: { kind: 'rollback' } };
  const one = release('sha256:1');
  const two = release('sha256:2');
  const three = release('sha256:3');

  it('is the newest other one', () => {
    expect(previousRelease([one, two, three], 'sha256:3')?.digest).toBe('sha256:2');
    expect(previousRelease([one, two, two], 'sha256:2')?.digest).toBe('sha256:1');
  });

  it('does not miss a release by a rollback to one that the history has not', () => {
    expect(previousRelease([release('sha256:0', back), two], 'sha256:2')?.digest).toBe('sha256:0');
    expect(previousRelease([one, release('sha256:0', back), three], 'sha256:3')?.digest).toBe('sha256:0');
  });

  it('goes further back after a rollback, and not forward again', () => {
    expect(previousRelease([one, two, three, release('sha256:2', back)], 'sha256:2')?.digest).toBe('sha256:1');
  });

  it('does not count a release twice that is proved again', () => {
    const again = release('sha256:2', { rolloutId: 'again' });
    expect(previousRelease([one, two, again, three], 'sha256:3')?.rolloutId).toBe('of-sha256:2');
    expect(previousRelease([release('sha256:0'), one, two, again, three], 'sha256:3')?.rolloutId).toBe('of-sha256:2');
    expect(previousRelease([one, two, release('sha256:1', back)], 'sha256:1')).toBeUndefined();
  });

  it('is the one that was left when an old one was deployed on purpose', () => {
    expect(previousRelease([one, two, release('sha256:1')], 'sha256:1')?.digest).toBe('sha256:2');
  });

  it('is never one on which nothing was proved', () => {
    expect(previousRelease([one, release('sha256:2', { provedOn: [] }), three], 'sha256:3')?.digest).toBe('sha256:1');
  });

  it('is none for the first release', () => {
    expect(previousRelease([one], 'sha256:1')).toBeUndefined();
  });
});

describe('a digest that is a proved release', () => {
  it('is the current one, the last proved one or one of the history, where something was proved', () => {
    const unproved = release('sha256:2', { provedOn: [] });
    const control = { release: unproved, proved: release('sha256:1') };
    const history = [release('sha256:0'), unproved];
    expect(isProved('sha256:0', control, history)).toBe(true);
    expect(isProved('sha256:1', control, history)).toBe(true);
    expect(isProved('sha256:2', control, history)).toBe(false);
    expect(isProved('sha256:2', { release: release('sha256:2') }, [])).toBe(true);
    expect(isProved('sha256:3', {}, [])).toBe(false);
  });
});

describe('a rollback that names no release', () => {
  const history = ['sha256:1', 'sha256:2', 'sha256:3'].map((digest) => release(digest));
  const control: Control = { service: 'shop', fence: 4, release: release('sha256:3') };
  const of = (digest: string) => ({
    executionArn: `arn:${digest}`,
    rolloutId: `of-${digest}`,
    startedAt: '2026-11-23T12:00:00.000Z',
    askedAt: '2026-11-23T12:00:00.000Z',
    digest,
    force: false,
  });
  const unsettled = { before: {}, taskDefinitions: [] };
  const back = (more: Partial<Control>, newestWaits = false) => wayBack({ ...control, ...more }, history, newestWaits);

  it('leads to the release before where nothing is under way, and to none where there is none', () => {
    expect(back({})).toEqual({ digest: 'sha256:2' });
    expect(back({ newest: of('sha256:4') })).toEqual({ digest: 'sha256:2' });
    expect(back({ rollout: of('sha256:3'), newest: of('sha256:3') }, true)).toEqual({ digest: 'sha256:2' });
    expect(wayBack(control, [release('sha256:3')], false)).toBeUndefined();
    expect(wayBack({ service: 'shop', fence: 4, rollout: of('sha256:4') }, history, false)).toBeUndefined();
  });

  it('leads to the current release while another digest is under way, and leaves that one', () => {
    const aborts = { digest: 'sha256:3', leaves: 'sha256:4' };
    expect(back({ rollout: of('sha256:4'), newest: of('sha256:4') })).toEqual(aborts);
    // What waits behind it may be what mends it.
    expect(back({ rollout: of('sha256:4'), newest: of('sha256:5') }, true)).toEqual(aborts);
    // A restart runs, and the newest start takes over from it.
    expect(back({ rollout: of('sha256:3'), newest: of('sha256:4') }, true)).toEqual(aborts);
    // It made room, or could not go back, and nobody has the service.
    expect(back({ newest: of('sha256:4'), unsettled })).toEqual(aborts);
    expect(back({ newest: of('sha256:4') }, true)).toEqual(aborts);
  });

  it('leads to the last proved release where nothing proved the current one', () => {
    const unproved = release('sha256:3', { provedOn: [] });
    expect(back({ release: unproved, proved: release('sha256:2'), rollout: of('sha256:4') })).toEqual({
      digest: 'sha256:2',
      leaves: 'sha256:4',
    });
    expect(back({ release: unproved, rollout: of('sha256:4') })).toEqual({ digest: 'sha256:3', leaves: 'sha256:4' });
  });

  it('leads to where an earlier one leads that has not ended, and no further', () => {
    const first = { ...of('sha256:2'), rollback: {} };
    expect(back({ rollout: first })).toEqual({ digest: 'sha256:2' });
    expect(back({ rollout: first, newest: of('sha256:5') }, true)).toEqual({ digest: 'sha256:2' });
    expect(back({ rollout: of('sha256:3'), newest: first }, true)).toEqual({ digest: 'sha256:2' });
    expect(back({ newest: first, unsettled })).toEqual({ digest: 'sha256:2' });
    const aborts = { ...of('sha256:3'), rollback: { leaves: 'sha256:4' } };
    for (const where of [{ rollout: aborts }, { newest: aborts, unsettled }])
      expect(back(where)).toEqual({ digest: 'sha256:3', leaves: 'sha256:4' });
    expect(back({ newest: aborts }, true)).toEqual({ digest: 'sha256:3', leaves: 'sha256:4' });
    // It has ended: the next one goes on from there.
    expect(back({ newest: aborts })).toEqual({ digest: 'sha256:2' });
  });
});
