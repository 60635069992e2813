import { describe, expect, it } from 'vitest';
import { answersPush, isRepaired, type ReconcileFacts, reconcileService } from './reconcile-service.ts';
import type { Release } from './state.ts';

const now = Date.parse('2026-11-23T12:10:00Z');
const release: Release = {
  digest: 'sha256:1',
  image: 'shop@sha256:1',
  rolloutId: 'r',
  askedAt: '2026-11-23T10:58:00.000Z',
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
  adopted: false,
  frozen: false,
  newestImage: { digest: 'sha256:1', tag: 'v1', pushedAt: '2026-11-23T11:00:00.500Z' },
  startKnown: false,
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
    expect(reconcileService(facts({ newestImage: lost }), now)).toEqual([
      {
        key: 'push sha256:2',
        kind: 'push',
        reason: 'shop:v2 was pushed at 2026-11-23T12:05:00.000Z, and no rollout of it was started.',
        repair: {
          service: 'shop',
          image: 'sha256:2',
          trigger: { kind: 'reconciler', finding: 'push', tag: 'v2', time: '2026-11-23T12:05:00.000Z' },
        },
      },
    ]);
  });

  it('finds the first push of a service that nobody ever heard of, and no more than that before its first release', () => {
    const primaries = { 'shop-fargate': 'td/other:1' };
    const templates = { 'shop-fargate': 'td/shop-fargate-template:2' };
    const { control, ...rest } = facts({ newestImage: lost, primaries, templates });
    const { release: _release, newest: _newest, ...empty } = control;
    expect(kinds({ ...rest, control: empty })).toEqual(['push']);
  });

  it('counts a push as heard of up to a second after the start that was asked for last', () => {
    const pushedAt = '2026-11-23T12:05:00.000Z';
    const asked = (askedAt: string) => ({ newest: { ...newest, digest: 'sha256:3', askedAt } });
    expect(kinds(facts({ newestImage: lost }, asked('2026-11-23T12:04:59.000Z')))).toEqual([]);
    expect(kinds(facts({ newestImage: { ...lost, pushedAt } }, asked('2026-11-23T12:04:58.999Z')))).toEqual(['push']);
  });

  it('leaves the image of the release alone, and the one that was asked for last, whenever it was pushed', () => {
    const again = { ...lost, digest: 'sha256:1' };
    expect(kinds(facts({ newestImage: again }, { newest: { ...newest, digest: 'sha256:3' } }))).toEqual([]);
    expect(kinds(facts({ newestImage: lost }, { newest: { ...newest, digest: 'sha256:2' } }))).toEqual([]);
  });

  it('leaves a push alone that was heard of, that is held, or that does not start rollouts', () => {
    const heard = { ...newest, digest: 'sha256:2', askedAt: '2026-11-23T12:05:00Z' };
    expect(kinds(facts({ newestImage: lost }, { newest: heard }))).toEqual([]);
    expect(kinds(facts({ newestImage: lost }, { newest: { ...heard, digest: 'sha256:3' } }))).toEqual([]);
    const holds = { 'sha256:2': { by: 'spillway', at: '', reason: '' } };
    expect(kinds(facts({ newestImage: lost }, { holds }))).toEqual([]);
    expect(kinds(facts({ newestImage: lost, startsByPush: false }))).toEqual([]);
  });

  it('leaves a push alone of which a start waits, or was refused before it had the service', () => {
    expect(kinds(facts({ newestImage: lost, startKnown: true }))).toEqual([]);
  });

  it('knows the end of a start that a push was answered by', () => {
    const record = {
      digest: 'sha256:2',
      image: 'shop:v2',
      startedAt: '2026-11-23T12:07:00.000Z',
      trigger: { kind: 'push', time: '2026-11-23T12:05:00Z' },
      cause: 'approval-denied',
    };
    expect(answersPush(lost, record)).toBe(true);
    expect(answersPush(lost, { ...record, trigger: { ...record.trigger, kind: 'reconciler' } })).toBe(true);
    // What never came to a digest was asked for by it.
    expect(answersPush(lost, { ...record, digest: '', image: 'sha256:2' })).toBe(true);
    expect(answersPush(lost, { ...record, digest: 'sha256:3' })).toBe(false);
    expect(answersPush(lost, { ...record, trigger: { ...record.trigger, kind: 'hand' } })).toBe(false);
    for (const cause of ['controller-error', 'image-missing'])
      expect(answersPush(lost, { ...record, cause })).toBe(false);
  });

  it('does not take the end of an earlier push of the same image for an answer', () => {
    const record = { digest: 'sha256:2', image: '', startedAt: '2026-11-23T12:07:00.000Z', cause: 'frozen' };
    const asked = (time: unknown) => answersPush(lost, { ...record, trigger: { kind: 'push', time } });
    expect(asked('2026-11-23T12:04:59Z')).toBe(true);
    expect(asked('2026-11-23T12:04:58.999Z')).toBe(false);
    expect(asked(undefined)).toBe(true);
    expect(answersPush(lost, { ...record, startedAt: '2026-11-23T12:04:58.999Z', trigger: { kind: 'push' } })).toBe(
      false,
    );
  });

  it('finds no push in a repository that was there before the first start, and each that is lost afterwards', () => {
    const never = { newest: undefined, release: undefined };
    expect(kinds(facts({ newestImage: lost, adopted: true }, never))).toEqual([]);
    expect(kinds(facts({ newestImage: lost, adopted: true }))).toEqual(['push']);
    expect(kinds(facts({ newestImage: lost }, never))).toEqual(['push']);
  });

  it('finds a template that is newer than the release, and none for a release that knows no templates', () => {
    const templates = { 'shop-fargate': 'td/shop-fargate-template:2' };
    expect(reconcileService(facts({ templates }), now)).toEqual([
      {
        key: 'template td/shop-fargate-template:2',
        kind: 'template',
        reason: 'The stack states another template for shop-fargate than the release was made from.',
        repair: { service: 'shop', refresh: true, trigger: { kind: 'template' } },
      },
    ]);
    const both = { 'shop-external': 'td/shop-external-template:3', ...templates };
    const of = { ...release, templates: { ...release.templates, 'shop-external': 'td/shop-external-template:2' } };
    expect(reconcileService(facts({ templates: both }, { release: of }), now)).toMatchObject([
      {
        key: 'template td/shop-external-template:3 td/shop-fargate-template:2',
        reason: 'The stack states another template for shop-external and shop-fargate than the release was made from.',
      },
    ]);
    const { templates: _none, ...old } = release;
    expect(kinds(facts({ templates }, { release: old }))).toEqual([]);
  });

  it('finds a twin that somebody moved', () => {
    const primaries = { 'shop-fargate': 'td/shop-fargate:9' };
    expect(reconcileService(facts({ primaries }), now)).toEqual([
      {
        key: 'drift td/shop-fargate:9',
        kind: 'drift',
        reason: 'shop-fargate is on shop-fargate:9, and not on the release of 2026-11-23T11:00:00.000Z.',
        repair: { service: 'shop', refresh: true, trigger: { kind: 'reconciler', finding: 'drift' } },
      },
    ]);
  });

  it('tells all twins that somebody moved in one finding, and leaves out one that the release has not', () => {
    const primaries = { 'shop-fargate': 'td/shop-fargate:9', 'shop-external': 'td/x:1', 'shop-new': 'td/y:1' };
    const taskDefinitions = { ...release.taskDefinitions, 'shop-external': 'td/shop-external:4' };
    expect(reconcileService(facts({ primaries }, { release: { ...release, taskDefinitions } }), now)).toMatchObject([
      {
        key: 'drift td/shop-fargate:9 td/x:1',
        reason:
          'shop-fargate is on shop-fargate:9, shop-external is on x:1, and not on the release of 2026-11-23T11:00:00.000Z.',
      },
    ]);
  });

  it('has twins taken back whose site was lost before there was a release, once it is back', () => {
    const unsettled = { before: {}, taskDefinitions: [], awaitsSite: true };
    const lostFirst = { release: undefined, unsettled, deferred: ['shop-external'] };
    const none = { primaries: {} };
    expect(reconcileService(facts(none, lostFirst), now)).toEqual([
      {
        key: 'site-return 3',
        kind: 'site-return',
        reason: 'The site is back, and shop-external was left half done, with no release to get.',
        repair: { service: 'shop', takeBack: true, trigger: { kind: 'site-return' } },
        againAfterMs: 1_500_000,
      },
    ]);
    expect(kinds(facts({ ...none, siteConnected: false }, lostFirst))).toEqual([]);
    expect(kinds(facts({ ...none, frozen: true }, lostFirst))).toEqual([]);
    const rollout = { ...newest, rolloutId: 'q', force: false };
    expect(kinds(facts(none, { ...lostFirst, rollout }))).toEqual([]);
    expect(kinds(facts(none, { ...lostFirst, unsettled: { ...unsettled, awaitsSite: false } }))).toEqual([]);
  });

  it('has twins taken back once for each return of the site where the way back of another one had failed', () => {
    const unsettled = { before: {}, taskDefinitions: [], needsPerson: true };
    const failed = { unsettled, deferred: ['shop-external'] };
    expect(reconcileService(facts({}, failed), now)).toEqual([
      {
        key: 'site-return shop-external',
        kind: 'site-return',
        reason: 'The site is back, and shop-external was left half done.',
        repair: { service: 'shop', takeBack: true, trigger: { kind: 'site-return' } },
      },
    ]);
    expect(reconcileService(facts({}, { ...failed, deferred: ['shop-external', 'shop-edge'] }), now)).toMatchObject([
      { key: 'site-return shop-external shop-edge' },
    ]);
    expect(kinds(facts({ siteConnected: false }, failed))).toEqual([]);
    expect(kinds(facts({ frozen: true }, failed))).toEqual([]);
    expect(kinds(facts({}, { ...failed, rollout: { ...newest, rolloutId: 'q', force: false } }))).toEqual([]);
    expect(kinds(facts({}, { ...failed, deferred: [] }))).toEqual([]);
    expect(kinds(facts({}, { ...failed, unsettled: { ...unsettled, needsPerson: false } }))).toEqual([]);
  });

  it('repairs what it finds once, and 25 minutes later again what nobody else would start', () => {
    const finding = { key: 'k', kind: 'site-return', reason: 'r', repair: { service: 'shop' } } as const;
    const at = '2026-11-23T12:00:00.000Z';
    const again = { ...finding, againAfterMs: 1_500_000 };
    expect(isRepaired(finding, undefined, now)).toBe(false);
    expect(isRepaired(finding, at, Date.parse('2026-12-23T12:00:00.000Z'))).toBe(true);
    expect(isRepaired(again, undefined, now)).toBe(false);
    expect(isRepaired(again, at, Date.parse('2026-11-23T12:24:59.999Z'))).toBe(true);
    expect(isRepaired(again, at, Date.parse('2026-11-23T12:25:00.000Z'))).toBe(false);
  });

  it('finds that a site is back whose twin was deferred, which is no drift before', () => {
    const deferred = ['shop-fargate'];
    const primaries = { 'shop-fargate': 'td/shop-fargate:3' };
    expect(reconcileService(facts({ primaries }, { deferred: ['shop-fargate', 'shop-edge'] }), now)).toEqual([
      {
        key: 'site-return 3',
        kind: 'site-return',
        reason: 'The site is back, and shop-fargate and shop-edge has not got the release yet.',
        repair: { service: 'shop', refresh: true, trigger: { kind: 'site-return' } },
        againAfterMs: 1_500_000,
      },
    ]);
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
