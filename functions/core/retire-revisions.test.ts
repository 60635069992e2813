import { describe, expect, it } from 'vitest';
import { retiredRevisions } from './retire-revisions.ts';
import type { Release } from './state.ts';

const release = (revision: number): Release => ({
  digest: 'sha256:1',
  image: 'shop@sha256:1',
  rolloutId: 'r',
  askedAt: '2026-11-23T10:58:00.000Z',
  provedAt: '2026-11-23T11:00:00.000Z',
  provedOn: ['shop-fargate'],
  taskDefinitions: { 'shop-fargate': `shop-fargate:${revision}` },
  trigger: { kind: 'push' },
});
const revisions = [5, 4, 3, 2, 1].map((revision) => `shop-fargate:${revision}`);
const retired = (control: Parameters<typeof retiredRevisions>[0], keep: number) =>
  retiredRevisions(control, 'shop-fargate', revisions, keep);

describe('revisions that nothing needs any more', () => {
  it('are those beyond the newest that are kept', () => {
    expect(retired({ release: release(5) }, 3)).toEqual(['shop-fargate:2', 'shop-fargate:1']);
    expect(retired({ release: release(5) }, 5)).toEqual([]);
  });

  it('are never that of the release, nor the proved one that a failed rollout goes back to', () => {
    expect(retired({ release: release(2), proved: release(1) }, 2)).toEqual(['shop-fargate:3']);
  });

  it('are not told while a rollout runs, twins are unsettled, or nothing was released', () => {
    const rollout = { executionArn: 'e', rolloutId: 'q', startedAt: '', digest: '', force: false };
    expect(retired({ release: release(5), rollout }, 2)).toEqual([]);
    expect(retired({ release: release(5), unsettled: { before: {}, taskDefinitions: [] } }, 2)).toEqual([]);
    expect(retired({}, 2)).toEqual([]);
  });

  it('are not told of a twin whose site is away, since it runs an older one', () => {
    expect(retired({ release: release(5), deferred: ['shop-fargate'] }, 2)).toEqual([]);
    expect(retired({ release: release(5), deferred: ['shop-external'] }, 2)).toHaveLength(3);
  });
});
