import { repositoryPathOf, repositoryUriOf, shortDigest } from './image-reference.ts';
import type { TaskFailure } from './judge-twin.ts';
import type { Failure, ProbePlan, Rollout } from './state.ts';

/** A probe as it was read when its health had to be decided. */
export interface SeenProbe {
  /** ECS does not show the task (yet). */
  readonly missing: boolean;
  readonly stopped: TaskFailure | undefined;
  readonly running: boolean;
  readonly health: 'healthy' | 'unhealthy' | 'unknown';
  readonly images: readonly { readonly image: string; readonly digest: string | undefined }[];
}

export type ProbeJudgement =
  | { readonly kind: 'proved' }
  | { readonly kind: 'unsettled'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Whether a probe proves the release: it runs, it is healthy where health is checked, and its digest is the release's. */
export const judgeProbe = (
  probe: SeenProbe,
  plan: Pick<ProbePlan, 'healthSeconds' | 'healthChecked'>,
  release: Pick<Rollout, 'repository' | 'digest' | 'acceptedDigests'>,
): ProbeJudgement => {
  const failed = (reason: string): ProbeJudgement => ({ kind: 'failed', reason });
  if (probe.missing) return { kind: 'unsettled', reason: 'ECS does not show the probe' };
  if (probe.stopped) return failed(probe.stopped.reason);
  // It was seen running, so the read is late, or it is on its way to STOPPED and its reason.
  if (!probe.running) return { kind: 'unsettled', reason: 'The probe neither runs nor has stopped' };
  if (plan.healthChecked && probe.health !== 'healthy') {
    return failed(`after ${plan.healthSeconds} s its health is ${probe.health}`);
  }
  const image = probe.images.find((each) => repositoryPathOf(repositoryUriOf(each.image)) === release.repository);
  if (!image?.digest || !release.acceptedDigests.includes(image.digest)) {
    return failed(
      `it runs ${image?.digest ? shortDigest(image.digest) : 'no digest that it tells'} and not ${shortDigest(release.digest)}`,
    );
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
