import { calmShare } from './decide-burst.ts';
import type { BurstPoint } from './state.ts';

export const milestoneKinds = ['signal', 'decision', 'first Fargate task', 'peak', 'drain', 'recall', 'end'] as const;
export type MilestoneKind = (typeof milestoneKinds)[number];

export interface Milestone {
  readonly kind: MilestoneKind;
  readonly atMs: number;
  /** Seconds since the start of the burst. */
  readonly seconds: number;
}

/**
 * What happened when, as seen at the looks: each may have been up to one look earlier. Left out is what did not happen.
 * `decision`: Fargate tasks were asked for. `drain`: after the greatest backlog nothing had waited long any more.
 * `recall`: the last of them were given back.
 */
export const milestonesOf = (
  burst: { readonly startedAt: string; readonly endedAt?: string },
  points: readonly BurstPoint[],
  { deadlineSeconds, fargateBase }: { readonly deadlineSeconds: number; readonly fargateBase: number },
): readonly Milestone[] => {
  const startedMs = Date.parse(burst.startedAt);
  const decided = points.findIndex(([, , , , , wanted]) => wanted > fargateBase);
  const ready = points.findIndex(([, , , , , , works]) => works > fargateBase);
  const most = points.reduce((peak, [, , waiting]) => Math.max(peak, waiting), 0);
  const peak = most > 0 ? points.findIndex(([, , waiting]) => waiting === most) : -1;
  const drained =
    peak < 0 ? -1 : points.findIndex(([, , , oldest], index) => index > peak && oldest <= calmShare * deadlineSeconds);
  const lastWanted = points.findLastIndex(([, , , , , wanted]) => wanted > fargateBase);
  const at = (kind: MilestoneKind, atMs: number | undefined): readonly Milestone[] =>
    atMs === undefined ? [] : [{ kind, atMs, seconds: Math.round((atMs - startedMs) / 1_000) }];
  return [
    ...at('signal', startedMs),
    ...at('decision', points[decided]?.[0]),
    ...at('first Fargate task', points[ready]?.[0]),
    ...at('peak', points[peak]?.[0]),
    ...at('drain', points[drained]?.[0]),
    ...at('recall', lastWanted < 0 ? undefined : points[lastWanted + 1]?.[0]),
    ...at('end', burst.endedAt === undefined ? undefined : Date.parse(burst.endedAt)),
  ].toSorted((a, b) => a.atMs - b.atMs);
};
