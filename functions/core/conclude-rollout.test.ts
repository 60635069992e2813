import { describe, expect, it } from 'vitest';
import { concludeFailure, concludeSuccess, type FailureFacts, type Standing } from './conclude-rollout.ts';
import type { Failure, ProvedTwin } from './state.ts';

const told = (failure: Failure, more: Partial<FailureFacts> = {}): string => {
  const facts = { failure, wentBack: true, moved: true, backFailures: [], standing: [], lost: [], ...more };
  const { verdict, cause, reason } = concludeFailure(facts);
  return `${verdict} (${cause}): ${reason}`;
};

const sick: Failure = {
  kind: 'twin',
  twin: 'shop-fargate',
  cause: 'unhealthy',
  reason: 'Two tasks failed their health checks',
  leave: false,
};
const broken: Failure = { kind: 'error', at: 'Move the twin', error: 'AccessDeniedException', message: '' };

describe('the reason of a failed rollout', () => {
  it('says what was seen on a twin, and where the twins are now', () => {
    expect(told(sick)).toBe(
      'rolled-back (unhealthy): Two tasks failed their health checks. Every twin is back where it was.',
    );
    expect(told({ ...sick, cause: 'changed-by-someone-else', leave: true })).toBe(
      'changed-by-someone-else (task-definition): Two tasks failed their health checks. That twin was left alone.',
    );
    expect(told({ ...sick, cause: 'service-deleted', reason: 'The ECS service is gone.', leave: true })).toBe(
      'service-deleted (during-rollout): The ECS service is gone.',
    );
    expect(told({ ...sick, cause: 'site-lost', leave: true }, { lost: ['shop-fargate'] })).toBe(
      'rolled-back (site-lost): Two tasks failed their health checks. Every other twin is back where it was, and shop-fargate follows when the site returns.',
    );
  });

  it('says of every failure which twins follow when the site returns', () => {
    const lost = ['shop-depot'];
    const rest = 'Every other twin is back where it was, and shop-depot follows when the site returns.';
    expect(told(sick, { lost })).toContain(`checks. ${rest}`);
    expect(told({ kind: 'watched', cause: 'alarm', reason: 'It rose' }, { lost })).toContain(`It rose. ${rest}`);
    expect(told({ kind: 'stopped', status: 'ABORTED', reason: 'It ended' }, { lost })).toContain(`It ended. ${rest}`);
    expect(told(broken, { lost })).toContain(`"). ${rest}`);
    expect(told(sick, { lost: ['shop-depot', 'shop-edge'] })).toContain(
      'Every other twin is back where it was, and shop-depot and shop-edge follow when the site returns.',
    );
  });

  it("ends a sentence with one full stop, also where AWS's own words end it otherwise", () => {
    for (const [reason, sentence] of [
      ['It ended', 'It ended.'],
      ['It ended.', 'It ended.'],
      ['It ended!', 'It ended!'],
      ['Did it end?', 'Did it end?'],
      ['It ended. ', 'It ended.'],
      ['It ended  ', 'It ended.'],
      ['It ended. Why', 'It ended. Why.'],
    ] as const) {
      expect(told({ ...sick, reason })).toBe(`rolled-back (unhealthy): ${sentence} Every twin is back where it was.`);
    }
  });

  it('says of an alarm or a dead-letter queue what rose', () => {
    expect(told({ kind: 'watched', cause: 'alarm', reason: 'shop-errors rose since the rollout began' })).toBe(
      'rolled-back (alarm): shop-errors rose since the rollout began. Every twin is back where it was.',
    );
  });

  it('says who ended an execution from outside, and whether anything had been changed', () => {
    const stopped: Failure = { kind: 'stopped', status: 'ABORTED', reason: 'Somebody stopped it' };
    expect(told(stopped)).toBe('stopped-by-hand (taken-back): Somebody stopped it. Every twin is back where it was.');
    expect(told(stopped, { wentBack: false })).toBe(
      'stopped-by-hand (before-any-change): Somebody stopped it. Nothing had been changed.',
    );
    expect(told({ ...stopped, status: 'TIMED_OUT' })).toBe(
      'rolled-back (controller-error): Somebody stopped it. Every twin is back where it was.',
    );
    expect(told({ ...stopped, status: 'TIMED_OUT' }, { wentBack: false })).toBe(
      'refused (controller-error): Somebody stopped it. Nothing had been changed.',
    );
  });

  it('says of what was left half done where every twin is', () => {
    expect(told({ kind: 'left-behind', reason: 'Twins were left half done' })).toBe(
      'completed (taken-back): Twins were left half done. Every twin is on the last proved release, or where it was before the first one.',
    );
  });

  it('never says that every twin is back of what follows when its site returns', () => {
    const lost = ['shop-external'];
    expect(told({ kind: 'left-behind', reason: 'Twins were left half done' }, { lost })).toBe(
      'rolled-back (site-lost): Twins were left half done. Every other twin is back where it was, and shop-external follows when the site returns.',
    );
    const refused: Failure = { kind: 'refused', cause: 'no-fit-cpu', reason: 'No machine has 512 units.' };
    const begun =
      'refused (no-fit-cpu): No machine has 512 units. Nothing of it was started; what an earlier rollout had left half done was taken back.';
    expect(told(refused, { lost })).toBe(
      `${begun} Every other twin is back where it was, and shop-external follows when the site returns.`,
    );
    expect(told(refused)).toBe(
      `${begun} Every twin is on the last proved release, or where it was before the first one.`,
    );
  });

  it('says of a rollout that made room whether the newer one finds twins of it', () => {
    const superseded: Failure = { kind: 'superseded', by: 'arn:execution:b', reason: 'A newer rollout takes over.' };
    expect(told(superseded)).toBe('superseded (at-safe-point): A newer rollout takes over. It goes on with the twins.');
    expect(told(superseded, { moved: false })).toBe(
      'superseded (newer-rollout): A newer rollout takes over. This one changed nothing.',
    );
  });

  it('says of a refusal what the refusal says', () => {
    expect(
      told({ kind: 'refused', cause: 'no-fit-cpu', reason: 'No machine has 512 units.' }, { wentBack: false }),
    ).toBe('refused (no-fit-cpu): No machine has 512 units. Nothing was changed.');
  });

  it('quotes a failed function: its error, its own sentence out of the JSON of Lambda, its state and its twin', () => {
    const wrapped = { ...broken, message: '{"errorMessage":"not allowed","errorType":"X"}' };
    expect(told(wrapped)).toBe(
      'rolled-back (controller-error): The controller failed on the way: AccessDeniedException: not allowed (in the state "Move the twin"). Every twin is back where it was.',
    );
    expect(told({ ...wrapped, twin: 'shop-fargate' }, { wentBack: false })).toBe(
      'refused (controller-error): The controller failed before anything was changed: shop-fargate: AccessDeniedException: not allowed (in the state "Move the twin").',
    );
  });

  it('shows what is not the JSON of Lambda as it came, and nothing where nothing came', () => {
    for (const [message, shown] of [
      ['', 'AccessDeniedException'],
      ['plain words', 'AccessDeniedException: plain words'],
      ['{"errorMessage":"cut o', 'AccessDeniedException: {"errorMessage":"cut o'],
      ['{"other":1}', 'AccessDeniedException: {"other":1}'],
      ['null', 'AccessDeniedException: null'],
      ['7', 'AccessDeniedException: 7'],
      ['"errorMessage"', 'AccessDeniedException: "errorMessage"'],
    ]) {
      expect(told({ ...broken, message: message ?? '' }, { wentBack: false })).toBe(
        `refused (controller-error): The controller failed before anything was changed: ${shown} (in the state "Move the twin").`,
      );
    }
  });

  it('claims nothing about the twins once the lease was lost, whichever step noticed', () => {
    const lost: Failure = { ...broken, error: 'FenceLost' };
    const sentence =
      'superseded (fence-lost): Another execution took the service over. FenceLost (in the state "Move the twin").';
    expect(told(lost)).toBe(sentence);
    expect(told(sick, { backFailures: [sick, lost] })).toBe(sentence);
    // Only the error of a function speaks of the lease.
    expect(told(broken, { backFailures: [broken] })).toContain('rollback-failed');
  });
});

describe('a failed way back', () => {
  const standing: Standing = {
    twin: 'shop-external',
    observed: {
      twin: 'shop-external',
      active: true,
      desiredCount: 3,
      runningCount: 1,
      pendingCount: 1,
      primary: undefined,
      deployments: [
        { taskDefinition: 'arn:task-definition/shop-external:6', running: 0, pending: 1 },
        { taskDefinition: 'arn:task-definition/shop-external:5', running: 1, pending: 0 },
        { taskDefinition: 'arn:task-definition/shop-external:4', running: 0, pending: 0 },
      ],
      placementFailure: undefined,
    },
  };
  const observed = standing.observed as NonNullable<Standing['observed']>;

  it('names both failures and says what a person finds on each twin, deployments without tasks apart', () => {
    const backFailures: readonly Failure[] = [
      { ...sick, cause: 'timed-out', reason: 'It took too long' },
      { ...broken, twin: 'shop-external' },
    ];
    expect(told(sick, { backFailures, standing: [{ twin: 'shop-fargate', observed: undefined }, standing] })).toBe(
      'rollback-failed (needs-a-person): Two tasks failed their health checks. ' +
        'The way back failed too: It took too long. shop-external: AccessDeniedException (in the state "Move the twin"). ' +
        'A person must look: shop-fargate does not exist. ' +
        'shop-external runs 0 of shop-external:6 and 1 of shop-external:5, and 3 are desired.',
    );
  });

  it('tells a twin that runs nothing from one that is being deleted', () => {
    const idle = { twin: 'shop-external', observed: { ...observed, deployments: [] } };
    expect(told(sick, { backFailures: [sick], standing: [idle] })).toContain(
      'A person must look: shop-external runs nothing, and 3 are desired.',
    );
    const gone = { twin: 'shop-external', observed: { ...observed, active: false } };
    expect(told(sick, { backFailures: [sick], standing: [gone] })).toContain(
      'A person must look: shop-external does not exist.',
    );
  });
});

describe('the reason of a rollout whose twins arrived', () => {
  const rollout = {
    service: 'shop',
    twins: [
      { twin: 'shop-fargate', capacity: 'fargate' as const, baseTasks: 2 },
      { twin: 'shop-external', capacity: 'external' as const, baseTasks: 3 },
    ],
    goal: 'release' as const,
    trigger: { kind: 'push' },
  };
  const one: ProvedTwin = { twin: 'shop-fargate', tasks: 2, desiredCount: 2 };
  const other: ProvedTwin = { twin: 'shop-external', tasks: 3, desiredCount: 3 };
  const resting: ProvedTwin = { twin: 'shop-fargate', tasks: 0, desiredCount: 0 };
  const probed: ProvedTwin = { ...resting, tasks: 1, probed: true };
  const tell = (...of: Parameters<typeof concludeSuccess>): string => {
    const { verdict, cause, reason } = concludeSuccess(...of);
    return `${verdict} (${cause}): ${reason}`;
  };

  it('counts on each twin the containers that were read', () => {
    expect(tell(rollout, [one, other])).toBe(
      'completed (proved): Running containers were seen with the digest: 2 on shop-fargate, 3 on shop-external.',
    );
    expect(tell(rollout, [probed, other])).toBe(
      'completed (proved-by-probe): Running containers were seen with the digest: one on shop-fargate, a probe, 3 on shop-external.',
    );
  });

  it('names the twins on which nothing was read', () => {
    expect(tell(rollout, [resting, other])).toBe(
      'completed (partly-proved): Running containers were seen with the digest: 3 on shop-external. Not proved, since at desired count 0: shop-fargate.',
    );
    expect(tell(rollout, [resting, { ...resting, twin: 'shop-spot' }, other])).toMatch(
      / Not proved, since at desired count 0: shop-fargate, shop-spot\.$/,
    );
    expect(tell(rollout, [resting, { ...other, tasks: 0, desiredCount: 0 }])).toBe(
      'nothing-proved (desired-count-zero): shop is on the release, but no task has run it: shop-fargate and shop-external rest at desired count 0.',
    );
  });

  it('names the twin that gets the release when its site returns', () => {
    expect(tell(rollout, [one], ['shop-external'])).toBe(
      'deferred (site-away): Running containers were seen with the digest: 2 on shop-fargate. The site is away: shop-external gets the release when it returns.',
    );
    expect(tell(rollout, [one], ['shop-external', 'shop-depot'])).toMatch(
      / The site is away: shop-external and shop-depot gets the release when it returns\.$/,
    );
  });

  it('names the twin whose site was lost on the way, whatever else was deferred', () => {
    expect(tell(rollout, [one], [], ['shop-external', 'shop-depot'])).toBe(
      'deferred (site-lost): Running containers were seen with the digest: 2 on shop-fargate. The site was lost on the way: shop-external and shop-depot gets the release when it returns.',
    );
    expect(tell(rollout, [one], ['shop-depot'], ['shop-external'])).toMatch(/^deferred \(site-lost\)/);
  });

  it('tells a count that somebody else changed from one that stayed, and a count from 0 too', () => {
    const changed = { ...other, desiredCount: 5, countBefore: 0 };
    expect(tell(rollout, [one, changed])).toBe(
      'changed-by-someone-else (desired-count): Running containers were seen with the digest: 2 on shop-fargate, 3 on shop-external. ' +
        'Someone else changed a count on the way, and it was left so: shop-external from 0 to 5.',
    );
    expect(tell(rollout, [{ ...one, countBefore: 1 }, changed])).toMatch(
      /: shop-fargate from 1 to 2, shop-external from 0 to 5\.$/,
    );
  });

  it('is a catch-up only for a refresh that the return of the site caused', () => {
    const back = { kind: 'site-return' };
    expect(tell({ ...rollout, goal: 'refresh', trigger: back }, [one, other])).toMatch(/^completed \(caught-up\): Run/);
    expect(tell({ ...rollout, goal: 'refresh' }, [one, other])).toMatch(/^completed \(proved\)/);
    expect(tell({ ...rollout, trigger: back }, [one, other])).toMatch(/^completed \(proved\)/);
  });

  it('is of one capacity where the service has one twin, probed or not', () => {
    const [fargate] = rollout.twins;
    const twins = fargate ? [fargate] : [];
    expect(tell({ ...rollout, twins }, [one])).toMatch(/^completed \(one-capacity\)/);
    expect(tell({ ...rollout, twins }, [probed])).toMatch(/^completed \(one-capacity\)/);
  });
});
