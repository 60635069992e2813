import { shortDigest } from './image-reference.ts';
import type { Cause } from './verdict.ts';

/** From the worst on, as ECR and Amazon Inspector rank findings. */
export const severities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'] as const;
export type Severity = (typeof severities)[number];

/** What is known of an image's scan. */
export interface ObservedScan {
  readonly state: 'none' | 'in-progress' | 'complete' | 'failed';
  /** Findings by severity; one without findings may be absent. */
  readonly counts: Readonly<Record<string, number>>;
  /** What ECR says of the scan's state. */
  readonly text: string;
}

export interface ScanLimits {
  readonly kind: 'basic' | 'enhanced';
  /** Findings of this severity or a worse one refuse the image. */
  readonly refuseFrom: Severity;
  /** How long a scan is waited for. */
  readonly waitSeconds: number;
}

export type ScanJudgement =
  | { readonly kind: 'passed'; readonly reason: string }
  | { readonly kind: 'wait'; readonly reason: string }
  | {
      readonly kind: 'refused';
      readonly cause: Extract<Cause<'rollout', 'refused'>, `scan-${string}`>;
      readonly reason: string;
    };

const listed = (counts: readonly (readonly [string, number])[]): string =>
  counts.map(([severity, count]) => `${count} ${severity}`).join(', ');

/**
 * Whether an image may be released, by what a scan of it found.
 * @param waitedMs since the start asked for the image.
 */
export const judgeScan = (
  digest: string,
  observed: ObservedScan,
  limits: ScanLimits,
  waitedMs: number,
): ScanJudgement => {
  const whose = limits.kind === 'basic' ? "ECR's basic scan" : 'Amazon Inspector';
  const of = shortDigest(digest);
  if (observed.state === 'complete') {
    const refused = severities.slice(0, severities.indexOf(limits.refuseFrom) + 1);
    const found = refused.flatMap((severity): (readonly [string, number])[] => {
      const count = observed.counts[severity] ?? 0;
      return count > 0 ? [[severity, count]] : [];
    });
    if (found.length === 0)
      return { kind: 'passed', reason: `${whose} of ${of} found nothing of ${limits.refuseFrom} or worse.` };
    return {
      kind: 'refused',
      cause: limits.kind === 'basic' ? 'scan-findings-basic' : 'scan-findings-enhanced',
      reason: `${whose} found ${listed(found)} in ${of}, and nothing of ${limits.refuseFrom} or worse is accepted. Nothing was changed.`,
    };
  }
  if (observed.state === 'failed') {
    return {
      kind: 'refused',
      cause: 'scan-unfinished',
      reason: `${whose} of ${of} failed: ${observed.text} Nothing was changed.`,
    };
  }
  const stands = observed.state === 'none' ? `there is no scan of ${of} yet` : `the scan of ${of} is in progress`;
  if (waitedMs >= limits.waitSeconds * 1_000) {
    const hint = observed.state === 'none' ? ' Is scanning on push switched on for the repository?' : '';
    return {
      kind: 'refused',
      cause: 'scan-unfinished',
      reason: `After ${limits.waitSeconds} s ${stands}.${hint} Nothing was changed.`,
    };
  }
  return { kind: 'wait', reason: `${stands[0]?.toUpperCase()}${stands.slice(1)}.` };
};
