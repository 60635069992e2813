import { imageOfRelease, shortDigest } from './image-reference.ts';
import { isOfTheImage, type TaskFailure } from './judge-twin.ts';
import { lateReadMs } from './late-read.ts';
import type { Failure, ProbePlan, Rollout } from './state.ts';

/** How a probe stopped. */
export interface StoppedProbe {
  /** What counts against the release; undefined when AWS or somebody stopped it from outside. */
  readonly failure: TaskFailure | undefined;
  /** ECS's own words. */
  readonly stoppedReason: string;
}

/** A probe as it was read when its health had to be decided. */
export interface SeenProbe {
  /** ECS does not show the task (yet). */
  readonly missing: boolean;
  readonly stopped: StoppedProbe | undefined;
  readonly running: boolean;
  readonly health: 'healthy' | 'unhealthy' | 'unknown';
  readonly images: readonly { readonly image: string; readonly digest: string | undefined }[];
}

export type ProbeJudgement =
  | { readonly kind: 'proved' }
  | { readonly kind: 'unsettled'; readonly reason: string }
  | { readonly kind: 'failed'; readonly cause: ProbeCause; readonly reason: string };

/** Whether the release answers for it. Only `probe-failed` holds its digest. */
export type ProbeCause = 'probe-failed' | 'probe-stopped';

/** What a probe that stopped says of the release. */
export const judgeStopped = ({ failure, stoppedReason }: StoppedProbe): Extract<ProbeJudgement, { kind: 'failed' }> => {
  if (!failure)
    return {
      kind: 'failed',
      cause: 'probe-stopped',
      reason: `it was stopped from outside: ${stoppedReason || 'ECS does not say why'}`,
    };
  const { reason } = failure;
  if (!isOfTheImage(failure))
    return { kind: 'failed', cause: 'probe-stopped', reason: `it could not be started: ${reason}` };
  return { kind: 'failed', cause: 'probe-failed', reason };
};

/**
 * Whether a probe proves the release: it runs, it is healthy where health is checked, and its digest is the release's.
 * @param lookedForMs how long it has been looked at since its time was up.
 */
export const judgeProbe = (
  probe: SeenProbe,
  plan: Pick<ProbePlan, 'healthSeconds' | 'healthChecked'>,
  release: Pick<Rollout, 'repository' | 'digest' | 'acceptedDigests'>,
  lookedForMs: number,
): ProbeJudgement => {
  const failed = (reason: string): ProbeJudgement => ({ kind: 'failed', cause: 'probe-failed', reason });
  const lacks = (reason: string): ProbeJudgement =>
    lookedForMs < lateReadMs ? { kind: 'unsettled', reason: `The probe may be read late: ${reason}` } : failed(reason);
  if (probe.missing) return { kind: 'unsettled', reason: 'ECS does not show the probe' };
  if (probe.stopped) return judgeStopped(probe.stopped);
  // It was seen running, so the read is late, or it is on its way to STOPPED and its reason.
  if (!probe.running) return { kind: 'unsettled', reason: 'The probe neither runs nor has stopped' };
  if (plan.healthChecked && probe.health !== 'healthy') {
    const reason = `after ${plan.healthSeconds} s its health is ${probe.health}`;
    return probe.health === 'unknown' ? lacks(reason) : failed(reason);
  }
  const image = imageOfRelease(probe.images, release);
  if (!image?.digest) return lacks(`it runs no digest that it tells and not ${shortDigest(release.digest)}`);
  if (!release.acceptedDigests.includes(image.digest)) {
    return failed(`it runs ${shortDigest(image.digest)} and not ${shortDigest(release.digest)}`);
  }
  return { kind: 'proved' };
};

export type TwinFailure = Extract<Failure, { kind: 'twin' }>;

/** Why a probe ends its rollout. The twin itself is taken back. */
export const probeFailure = (twin: string, cause: TwinFailure['cause'], reason: string): TwinFailure => ({
  kind: 'twin',
  twin,
  cause,
  reason,
  leave: false,
});
