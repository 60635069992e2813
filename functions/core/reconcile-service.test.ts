import { describe, expect, it } from 'vitest';
import { type ReconcileFacts, reconcileService } from './reconcile-service.ts';
import type { Release } from './state.ts';

const now = Date.parse('2026-11-23T12:10:00Z');
const release: Release = {
  digest: 'sha256:1',
  image: 'shop@sha256:1',
  rolloutId: 'r',
  provedAt: '2026-11-23T11:00:00.000Z',
  provedOn: ['shop-fargate'],
  taskDefinitions: { 'shop-fargate': 'td/shop-fargate:4' },
  templates: { 'shop-fargate': 'td/shop-fargate-template:1' },
  trigger: { kind: 'push' },
};
const newest = {
  executionArn: 'arn:execution:a',
  askedAt: '2026-11-23T11:00:00.000Z',
  startedAt: '2026-11-23T11:00:00.000Z',
  digest: 'sha256:1',
};
const facts = (
  more: Partial<ReconcileFacts> = {},
  control: Partial<ReconcileFacts['control']> = {},
): ReconcileFacts => ({
  service: 'shop',
  control: { service: 'shop', fence: 3, release, newest, ...control },
  afterStackUpdate: false,
  startsByPush: true,
  frozen: false,
  newestImage: { digest: 'sha256:1', tag: 'v1', pushedAt: '2026-11-23T11:00:00.500Z' },
  templates: { 'shop-fargate': 'td/shop-fargate-template:1' },
  primaries: { 'shop-fargate': 'td/shop-fargate:4' },
  siteConnected: true,
  ...more,
});
const kinds = (of: ReconcileFacts, at = now) => reconcileService(of, at).map(({ kind }) => kind);
const lost = { digest: 'sha256:2', tag: 'v2', pushedAt: '2026-11-23T12:05:00.000Z' };

describe('the reconciler', () => {
  it('finds nothing where everything is as the release says', () => {
    expect(kinds(facts())).toEqual([]);
  });

  it('finds the templates of a stack update that has just finished even under a rollout, and nothing else then', () => {
    const templates = { 'shop-fargate': 'td/shop-fargate-template:2' };
    const rollout = { ...newest, rolloutId: 'q', force: false };
    const given = { templates, newestImage: lost, primaries: { 'shop-fargate': 'td/other:1' } };
    expect(kinds(facts({ ...given, afterStackUpdate: true }, { rollout }))).toEqual(['template']);
    expect(kinds(facts({ ...given, afterStackUpdate: true, frozen: true }, { rollout }))).toEqual([]);
    expect(kinds(facts(given, { rollout }))).toEqual([]);
  });

  it('finds a push that nobody heard of, once it is five minutes old', () => {
    expect(kinds(facts({ newestImage: lost }))).toEqual(['push']);
    expect(kinds(facts({ newestImage: lost }), now - 1)).toEqual([]);
    expect(reconcileService(facts({ newestImage: lost }), now)[0]?.repair).toMatchObject({
      image: 'sha256:2',
      trigger: { kind: 'reconciler', tag: 'v2', time: lost.pushedAt },
    });
  });

  it('leaves a push alone that was heard of, that is held, or that does not start rollouts', () => {
    const heard = { ...newest, digest: 'sha256:2', askedAt: '2026-11-23T12:05:00Z' };
    expect(kinds(facts({ newestImage: lost }, { newest: heard }))).toEqual([]);
    expect(kinds(facts({ newestImage: lost }, { newest: { ...heard, digest: 'sha256:3' } }))).toEqual([]);
    const holds = { 'sha256:2': { by: 'spillway', at: '', reason: '' } };
    expect(kinds(facts({ newestImage: lost }, { holds }))).toEqual([]);
    expect(kinds(facts({ newestImage: lost, startsByPush: false }))).toEqual([]);
  });

  it('finds a template that is newer than the release, and none for a release that knows no templates', () => {
    const templates = { 'shop-fargate': 'td/shop-fargate-template:2' };
    expect(kinds(facts({ templates }))).toEqual(['template']);
    const { templates: _none, ...old } = release;
    expect(kinds(facts({ templates }, { release: old }))).toEqual([]);
  });

  it('finds a twin that somebody moved', () => {
    const primaries = { 'shop-fargate': 'td/shop-fargate:9' };
    expect(kinds(facts({ primaries }))).toEqual(['drift']);
    expect(reconcileService(facts({ primaries }), now)[0]?.repair).toMatchObject({ refresh: true });
  });

  it('finds that a site is back whose twin was deferred, which is no drift before', () => {
    const deferred = ['shop-fargate'];
    const primaries = { 'shop-fargate': 'td/shop-fargate:3' };
    expect(kinds(facts({ primaries }, { deferred }))).toEqual(['site-return']);
    expect(kinds(facts({ primaries, siteConnected: false }, { deferred }))).toEqual([]);
  });

  it('finds nothing while a rollout is under way, where twins are unsettled, or in a freeze', () => {
    const primaries = { 'shop-fargate': 'td/shop-fargate:9' };
    const rollout = { executionArn: 'a', rolloutId: 'a', startedAt: '', digest: 'sha256:2', force: false };
    expect(kinds(facts({ primaries }, { rollout }))).toEqual([]);
    expect(kinds(facts({ primaries }, { unsettled: { before: {}, taskDefinitions: [] } }))).toEqual([]);
    expect(kinds(facts({ primaries, frozen: true }))).toEqual([]);
  });
});
