import { describe, expect, it } from 'vitest';
import { isAway, judgeSite, type SiteFacts } from './judge-site.ts';

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

  it('that is away refuses a rollout of releases that may not run side by side, or that has no other side', () => {
    expect(judgeSite({ ...facts, mixedReleasesSafe: false })).toEqual({
      kind: 'refused',
      cause: 'site-away',
      reason:
        'No machine of the site has answered ECS for 300 s, and shop does not declare that neighbouring releases may run side by side (rollout.mixedReleasesSafe).',
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
