import { describe, expect, it } from 'vitest';
import { DeploymentWindow } from './deployment-window.ts';
import { type GateFacts, type GateLimits, judgeGates, passesGatesAnyway } from './judge-gates.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const nowMs = Date.parse('2026-11-28T12:00:00Z');
const facts = (change: Partial<GateFacts> = {}): GateFacts => ({
  service: 'orders-api',
  digest,
  tag: 'v1',
  trigger: { kind: 'push' },
  goal: 'release',
  freeze: undefined,
  freezeOfAll: undefined,
  hold: undefined,
  proved: false,
  ...change,
});
const limits = (change: Partial<GateLimits> = {}): GateLimits => ({ deployableTags: [], windows: [], ...change });
const by = (reason: string) => ({ by: 'ada', at: '2026-11-28T09:00:00.000Z', reason });
const monday = DeploymentWindow.parse({ days: ['mon'], from: '08:00', to: '17:00' });
const today = DeploymentWindow.parse({ days: ['sat'], from: '08:00', to: '17:00' });

describe('the gates of a rollout', () => {
  it('are open where nothing closes them', () => {
    expect(judgeGates(facts(), limits({ deployableTags: ['v*'], windows: [monday, today] }), nowMs)).toEqual({
      kind: 'open',
      sinceMs: Date.parse('2026-11-28T08:00:00Z'),
    });
  });

  it('refuse a frozen service, with who froze it, when and why', () => {
    expect(judgeGates(facts({ freeze: by('month end') }), limits(), nowMs)).toEqual({
      kind: 'refused',
      cause: 'frozen',
      reason: 'orders-api is frozen by ada at 2026-11-28T09:00:00.000Z: month end. Nothing was changed.',
    });
  });

  it('hold a digest from being released, and no twin from being brought to the release that stands', () => {
    // Swarm seed 3543: somebody held the current digest while the site was away, and its twin stayed on another release.
    const hold = by('wrong prices');
    expect(judgeGates(facts({ hold, goal: 'release' }), limits(), nowMs)).toMatchObject({ cause: 'held' });
    expect(judgeGates(facts({ hold, goal: 'refresh' }), limits(), nowMs)).toMatchObject({ kind: 'open' });
  });

  it('refuse every service while all are frozen', () => {
    expect(judgeGates(facts({ freezeOfAll: by('') }), limits(), nowMs)).toEqual({
      kind: 'refused',
      cause: 'frozen',
      reason: 'All services are frozen by ada at 2026-11-28T09:00:00.000Z. Nothing was changed.',
    });
  });

  it('refuse a held digest, and say how it is released', () => {
    const judgement = judgeGates(facts({ hold: by('rolled back: unhealthy') }), limits(), nowMs);
    expect(judgement).toMatchObject({ kind: 'refused', cause: 'held' });
    expect(judgement).toHaveProperty('reason', expect.stringContaining("with the operation 'release'"));
  });

  it.each([
    ['v1', ['v*'], 'open'],
    ['v1', ['release-*', 'v1'], 'open'],
    ['xv1', ['v*'], 'refused'],
    ['v1x', ['*1'], 'refused'],
    ['v1.2', ['v1.2'], 'open'],
    ['v1x2', ['v1.2'], 'refused'],
    ['release-7-rc', ['release-*-rc'], 'open'],
    ['release-rc', ['release-*-rc'], 'refused'],
    ['', ['*'], 'open'],
  ])('take the tag %j against %j as %s', (tag, deployableTags, kind) => {
    const judgement = judgeGates(facts({ tag }), limits({ deployableTags }), nowMs);
    expect(judgement.kind).toBe(kind);
    if (kind === 'refused') expect(judgement).toHaveProperty('cause', 'tag-not-deployable');
  });

  it('say which tags may be released, and in which windows', () => {
    expect(judgeGates(facts({ tag: 'dev' }), limits({ deployableTags: ['v*', 'rc*'] }), nowMs)).toMatchObject({
      reason: "orders-api is released from tags like v*, rc*, and 'dev' is none of them. Nothing was changed.",
    });
    expect(judgeGates(facts(), limits({ windows: [monday, monday] }), nowMs)).toMatchObject({
      reason: expect.stringContaining('in mon 08:00-17:00 UTC; mon 08:00-17:00 UTC: this'),
    });
    const freeze = { by: '', at: '2026-11-28T09:00:00.000Z', reason: '' };
    expect(judgeGates(facts({ freeze }), limits(), nowMs)).toMatchObject({
      reason: 'orders-api is frozen by somebody at 2026-11-28T09:00:00.000Z. Nothing was changed.',
    });
  });

  it('ask no tag of a start that names a digest, as a rollback does', () => {
    expect(judgeGates(facts({ tag: undefined }), limits({ deployableTags: ['v*'] }), nowMs)).toMatchObject({
      kind: 'open',
    });
  });

  it.each(['push', 'pipeline', 'template', 'reconciler', 'site-return'])(
    'let a start by %s wait for the next window',
    (kind) => {
      expect(judgeGates(facts({ trigger: { kind } }), limits({ windows: [monday] }), nowMs)).toEqual({
        kind: 'wait',
        opensAtMs: Date.parse('2026-11-30T08:00:00Z'),
        reason: 'orders-api is released in mon 08:00-17:00 UTC: this start waits until 2026-11-30T08:00:00.000Z.',
      });
    },
  );

  it.each(['hand', 'rollback', 'restart'])('tell a person at once that no window is open (%s)', (kind) => {
    expect(judgeGates(facts({ trigger: { kind } }), limits({ windows: [monday] }), nowMs)).toEqual({
      kind: 'refused',
      cause: 'outside-window',
      reason:
        'orders-api is released in mon 08:00-17:00 UTC; the next window opens at 2026-11-30T08:00:00.000Z. Nothing was changed.',
    });
  });

  it('tell what is more final first: the tag, the hold, the freeze, the window', () => {
    const all = facts({ freeze: by('f'), hold: by('h') });
    const closed = limits({ deployableTags: ['release-*'], windows: [monday] });
    const causes = [
      judgeGates(all, closed, nowMs),
      judgeGates(all, { ...closed, deployableTags: [] }, nowMs),
      judgeGates({ ...all, hold: undefined }, { ...closed, deployableTags: [] }, nowMs),
    ].map((judgement) => (judgement.kind === 'refused' ? judgement.cause : judgement.kind));
    expect(causes).toEqual(['tag-not-deployable', 'held', 'frozen']);
  });

  it('let a way back to what was proved go on outside of the windows, and nothing else', () => {
    const judge = (kind: string, proved: boolean) =>
      judgeGates(facts({ trigger: { kind }, proved }), limits({ windows: [monday] }), nowMs);
    expect(judge('rollback', true)).toEqual({ kind: 'open', sinceMs: undefined });
    expect(judge('rollback', false)).toMatchObject({ cause: 'outside-window' });
    expect(judge('hand', true)).toMatchObject({ cause: 'outside-window' });
    expect(judge('push', true)).toMatchObject({ kind: 'wait' });
    const frozen = facts({ trigger: { kind: 'rollback' }, proved: true, freeze: by('month end') });
    expect(judgeGates(frozen, limits({ windows: [monday] }), nowMs)).toMatchObject({ cause: 'frozen' });
  });

  it('hold up neither a way back nor the current release for a scan or an approval', () => {
    const other = { digest: 'sha256:other' };
    expect(passesGatesAnyway(digest, other, true)).toMatch(/proved release/);
    expect(passesGatesAnyway(digest, { digest }, false)).toMatch(/current release/);
    expect(passesGatesAnyway(digest, other, false)).toBeUndefined();
    expect(passesGatesAnyway(digest, undefined, false)).toBeUndefined();
  });
});
