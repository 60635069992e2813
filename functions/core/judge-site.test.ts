import { describe, expect, it } from 'vitest';
import { isAway, judgeLoss, judgeReturn, judgeSite, judgeUnreachable, type SiteFacts } from './judge-site.ts';
import type { Judgement } from './judge-twin.ts';

const facts: SiteFacts = {
  service: 'shop',
  twins: ['shop-external', 'shop-fargate'],
  external: ['shop-external'],
  machines: [{ connected: false }],
  waited: true,
  lostAfterSeconds: 300,
  mixedReleasesSafe: true,
};

describe('a site', () => {
  it('is away when it has machines and none is connected', () => {
    expect(isAway([{ connected: false }])).toBe(true);
    expect(isAway([{ connected: false }, { connected: true }])).toBe(false);
    expect(isAway([])).toBe(false);
  });

  it('that is away is waited for once, since agents flap', () => {
    expect(judgeSite({ ...facts, waited: false })).toEqual({ kind: 'wait', waitSeconds: 300 });
    expect(judgeSite(facts)).toEqual({
      kind: 'deferred',
      twins: ['shop-external'],
      reason: 'No machine of the site has answered ECS for 300 s: shop-external gets it on its return.',
    });
  });

  it('that is away defers every twin that is to run there', () => {
    const external = ['shop-external', 'shop-depot'];
    expect(judgeSite({ ...facts, twins: [...external, 'shop-fargate'], external })).toEqual({
      kind: 'deferred',
      twins: external,
      reason: 'No machine of the site has answered ECS for 300 s: shop-external and shop-depot gets it on its return.',
    });
  });

  it('that is away refuses a rollout of releases that may not run side by side, or that has no other side', () => {
    expect(judgeSite({ ...facts, mixedReleasesSafe: false })).toEqual({
      kind: 'refused',
      cause: 'site-away',
      reason:
        'No machine of the site has answered ECS for 300 s, and shop does not declare that different releases may run side by side (rollout.mixedReleasesSafe).',
    });
    expect(judgeSite({ ...facts, twins: ['shop-external'] })).toMatchObject({
      kind: 'refused',
      reason: 'No machine of the site has answered ECS for 300 s, and shop runs nowhere else.',
    });
  });

  it('does not matter to a twin that runs no task there, or once a machine answers', () => {
    expect(judgeSite({ ...facts, external: [] })).toEqual({ kind: 'present' });
    expect(judgeSite({ ...facts, machines: [{ connected: false }, { connected: true }] })).toEqual({ kind: 'present' });
  });
});

describe('the wait for a twin on premises', () => {
  const wait: Judgement = { kind: 'wait', reason: '1 of 3 tasks run in 2 deployments' };
  const failed = (cause: 'timed-out' | 'crash-after-start'): Judgement => ({
    kind: 'failed',
    failure: { kind: 'twin', twin: 'shop-external', cause, reason: 'It failed.', leave: false },
  });

  it('goes on until nobody has answered for as long as a flap may last, and is given up then', () => {
    expect(judgeLoss('shop-external', wait, 10_000, 300, 309_999)).toBe(wait);
    expect(judgeLoss('shop-external', wait, 10_000, 300, 310_000)).toEqual({
      kind: 'failed',
      failure: {
        kind: 'twin',
        twin: 'shop-external',
        cause: 'site-lost',
        reason:
          'No machine of the site of shop-external has answered ECS for 300 s, and its tasks cannot be moved before one does.',
        leave: true,
      },
    });
  });

  it('ends as it was judged while a machine answers', () => {
    expect(judgeLoss('shop-external', wait, undefined, 300, 900_000)).toBe(wait);
    const late = failed('timed-out');
    expect(judgeLoss('shop-external', late, undefined, 300, 900_000)).toBe(late);
  });

  it('names the lost site for a deadline that passed, and never for a task that crashed', () => {
    const lost = (nowMs: number) => {
      const judged = judgeLoss('shop-external', failed('timed-out'), 900_000, 300, nowMs);
      return judged.kind === 'failed' && judged.failure.kind === 'twin' && judged.failure;
    };
    const rest = ', and its tasks cannot be moved before one does.';
    expect(lost(900_000)).toMatchObject({
      cause: 'site-lost',
      reason: `No machine of the site of shop-external has answered ECS${rest}`,
      leave: true,
    });
    expect(lost(901_000)).toMatchObject({
      reason: `No machine of the site of shop-external has answered ECS for 1 s${rest}`,
    });
    const crashed = failed('crash-after-start');
    expect(judgeLoss('shop-external', crashed, 0, 300, 900_000)).toBe(crashed);
  });

  it('that has ended well stays so', () => {
    const done: Judgement = { kind: 'done', reason: 'shop-external runs 3 tasks' };
    expect(judgeLoss('shop-external', done, 0, 300, 900_000)).toBe(done);
  });
});

describe('the way back of a twin on premises', () => {
  const again: Judgement = { kind: 'again', reason: 'ECS gave up' };

  it('is not walked again while nobody at the site answers, and is left to its return in the end', () => {
    expect(judgeLoss('shop-external', again, undefined, 300, 900_000)).toBe(again);
    expect(judgeLoss('shop-external', again, 10_000, 300, 309_999)).toEqual({
      kind: 'wait',
      reason: 'ECS gave up, and no machine of the site of shop-external answers ECS',
    });
    expect(judgeLoss('shop-external', again, 10_000, 300, 310_000)).toMatchObject({
      kind: 'failed',
      failure: { cause: 'site-lost', twin: 'shop-external' },
    });
  });

  it('for which the site came too late is left to its return as well, unless its own tasks failed', () => {
    const failed = (cause: 'timed-out' | 'placement-failure' | 'circuit-breaker' | 'crash-after-start'): Judgement => ({
      kind: 'failed',
      failure: { kind: 'twin', twin: 'shop-external', cause, reason: 'It failed.', leave: false },
    });
    for (const cause of ['timed-out', 'placement-failure', 'circuit-breaker'] as const)
      expect(judgeReturn('shop-external', failed(cause))).toEqual({
        kind: 'failed',
        failure: {
          kind: 'twin',
          twin: 'shop-external',
          cause: 'site-lost',
          reason: 'The site of shop-external was away for a part of its way back: It failed.',
          leave: true,
        },
      });
    const watched: Judgement = { kind: 'failed', failure: { kind: 'watched', cause: 'alarm', reason: 'It rose.' } };
    const done: Judgement = { kind: 'done', reason: 'It runs.' };
    for (const other of [failed('crash-after-start'), watched, again, done])
      expect(judgeReturn('shop-external', other)).toBe(other);
  });
});

describe('older tasks that ECS has told to stop, on machines that do not answer', () => {
  const one = { tasks: 1, machines: ['8f2c'] };
  const failed = (cause: 'timed-out' | 'crash-after-start'): Judgement => ({
    kind: 'failed',
    failure: { kind: 'twin', twin: 'shop-external', cause, reason: 'It failed.', leave: false },
  });

  it('are not waited for, and do not fail their twin at its deadline', () => {
    const done = {
      kind: 'done',
      reason:
        'shop-external runs all its tasks; 1 older task is left on 8f2c, which does not answer ECS, and stops once it is told',
    };
    expect(judgeUnreachable('shop-external', { kind: 'wait', reason: '4 of 3 tasks run' }, one)).toEqual(done);
    expect(judgeUnreachable('shop-external', failed('timed-out'), one)).toEqual(done);
    expect(
      judgeUnreachable('shop-external', failed('timed-out'), { tasks: 3, machines: ['8f2c', '91aa'] }),
    ).toMatchObject({
      reason:
        'shop-external runs all its tasks; 3 older tasks are left on 8f2c and 91aa, which do not answer ECS, and stop once it is told',
    });
  });

  it('change nothing of what tasks of the release themselves tell', () => {
    const crashed = failed('crash-after-start');
    const arrived: Judgement = { kind: 'done', reason: 'shop-external runs 3 tasks' };
    for (const judged of [crashed, arrived]) expect(judgeUnreachable('shop-external', judged, one)).toBe(judged);
  });
});
