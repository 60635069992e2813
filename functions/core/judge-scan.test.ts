import { describe, expect, it } from 'vitest';
import { judgeScan, type ObservedScan, type ScanLimits, severities } from './judge-scan.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const limits = (change: Partial<ScanLimits> = {}): ScanLimits => ({
  kind: 'basic',
  refuseFrom: 'HIGH',
  waitSeconds: 600,
  ...change,
});
const complete = (counts: Record<string, number>): ObservedScan => ({ state: 'complete', counts, text: '' });

describe('the scan gate', () => {
  it('passes an image without findings of the threshold or worse; an absent severity is none', () => {
    expect(judgeScan(digest, complete({ MEDIUM: 40, UNDEFINED: 2, HIGH: 0 }), limits(), 0)).toEqual({
      kind: 'passed',
      reason: "ECR's basic scan of sha256:abababababab found nothing of HIGH or worse.",
    });
  });

  it.each(severities)(
    'refuses one finding of %s where that is the threshold, and passes the next lower one',
    (from) => {
      const lower = severities[severities.indexOf(from) + 1];
      expect(judgeScan(digest, complete({ [from]: 1 }), limits({ refuseFrom: from }), 0).kind).toBe('refused');
      if (lower)
        expect(judgeScan(digest, complete({ [lower]: 9 }), limits({ refuseFrom: from }), 0).kind).toBe('passed');
    },
  );

  it('counts every severity from the threshold on, the worst first', () => {
    expect(judgeScan(digest, complete({ HIGH: 9, CRITICAL: 1, LOW: 3, TOTAL: 13 }), limits(), 0)).toEqual({
      kind: 'refused',
      cause: 'scan-findings-basic',
      reason:
        "ECR's basic scan found 1 CRITICAL, 9 HIGH in sha256:abababababab, and nothing of HIGH or worse is accepted. Nothing was changed.",
    });
  });

  it('tells a basic scan from one of Amazon Inspector', () => {
    expect(judgeScan(digest, complete({ CRITICAL: 1 }), limits({ kind: 'enhanced' }), 0)).toMatchObject({
      cause: 'scan-findings-enhanced',
      reason: expect.stringMatching(/^Amazon Inspector found 1 CRITICAL/),
    });
  });

  it('refuses an image that cannot be scanned, with what ECR says', () => {
    expect(judgeScan(digest, { state: 'failed', counts: {}, text: 'UnsupportedImageError.' }, limits(), 0)).toEqual({
      kind: 'refused',
      cause: 'scan-unfinished',
      reason: "ECR's basic scan of sha256:abababababab failed: UnsupportedImageError. Nothing was changed.",
    });
  });

  it.each([
    ['none', 599_999, 'wait'],
    ['none', 600_000, 'refused'],
    ['in-progress', 599_999, 'wait'],
    ['in-progress', 600_000, 'refused'],
  ] as const)('with state %s after %i ms says %s', (state, waitedMs, kind) => {
    const judgement = judgeScan(digest, { state, counts: {}, text: '' }, limits(), waitedMs);
    expect(judgement.kind).toBe(kind);
    if (kind === 'refused') expect(judgement).toHaveProperty('cause', 'scan-unfinished');
    expect(/switched on/.test(judgement.reason)).toBe(kind === 'refused' && state === 'none');
  });

  it.each([
    ['none', 0, 'There is no scan of sha256:abababababab yet.'],
    ['in-progress', 0, 'The scan of sha256:abababababab is in progress.'],
    [
      'none',
      600_000,
      'After 600 s there is no scan of sha256:abababababab yet. Is scanning on push switched on for the repository? Nothing was changed.',
    ],
    ['in-progress', 600_000, 'After 600 s the scan of sha256:abababababab is in progress. Nothing was changed.'],
  ] as const)('tells with state %s after %i ms: %s', (state, waitedMs, reason) => {
    expect(judgeScan(digest, { state, counts: {}, text: '' }, limits(), waitedMs).reason).toBe(reason);
  });
});
