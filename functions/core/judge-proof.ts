import { imageOfRelease, shortDigest } from './image-reference.ts';
import type { ObservedTwin } from './judge-twin.ts';
import type { Failure, ProvedTwin, Rollout, Step } from './state.ts';

/** A twin as it was read after its rollout. */
export interface SeenTwin {
  readonly step: Step;
  readonly observed: ObservedTwin | undefined;
  /** Whether a probe proved the release on this twin. */
  readonly probed: boolean;
  /** Counts of the controller's own that a read may show: what it set last, and what that replaced a moment ago. */
  readonly countsSet: readonly number[];
  readonly tasks: readonly {
    readonly taskArn: string;
    readonly taskDefinition: string;
    readonly images: readonly { readonly image: string; readonly digest: string | undefined }[];
  }[];
}

export type ProofJudgement =
  | { readonly kind: 'proved'; readonly twins: readonly ProvedTwin[] }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** Late reads explain what was seen; reading again decides. */
  | { readonly kind: 'unsettled'; readonly reason: string };

type Release = Pick<Rollout, 'repository' | 'digest' | 'acceptedDigests'>;

const fail = (
  twin: string,
  cause: 'changed-by-someone-else' | 'service-deleted' | 'digest-mismatch',
  reason: string,
): ProofJudgement => ({
  kind: 'failed',
  failure: { kind: 'twin', twin, cause, reason, leave: cause !== 'digest-mismatch' },
});

/**
 * Whether the running containers are the release's. A task definition that is ours but older is a late read; one that
 * was never ours is somebody else's. At desired count 0 there is nothing to read, and the twin is named as not proved.
 */
export const judgeProof = (seen: readonly SeenTwin[], release: Release): ProofJudgement => {
  const twins: ProvedTwin[] = [];
  for (const { step, observed, tasks, probed, countsSet } of seen) {
    const { twin } = step;
    if (!observed?.active) return fail(twin, 'service-deleted', `The ECS service ${twin} does not exist any more.`);
    const primary = observed.primary?.taskDefinition;
    if (primary !== step.to.taskDefinition) {
      if (primary === undefined || step.ours.includes(primary)) {
        return { kind: 'unsettled', reason: `ECS still shows ${primary ?? 'no deployment'} on ${twin}` };
      }
      return fail(
        twin,
        'changed-by-someone-else',
        `Someone else moved ${twin} to ${primary} before the release was committed.`,
      );
    }
    let read = 0;
    for (const task of tasks) {
      if (task.taskDefinition !== step.to.taskDefinition) {
        return { kind: 'unsettled', reason: `${task.taskArn} of ${twin} still runs ${task.taskDefinition}` };
      }
      const image = imageOfRelease(task.images, release);
      if (!image?.digest)
        return { kind: 'unsettled', reason: `${task.taskArn} of ${twin} does not tell its digest yet` };
      if (!release.acceptedDigests.includes(image.digest)) {
        return fail(
          twin,
          'digest-mismatch',
          `A container of ${twin} runs ${shortDigest(image.digest)} and not ${shortDigest(release.digest)}.`,
        );
      }
      read += 1;
    }
    if (observed.desiredCount > 0 && read === 0) {
      return { kind: 'unsettled', reason: `No running task of ${twin} could be read` };
    }
    const { desiredCount } = observed;
    const foreign = desiredCount !== step.desiredCount && !countsSet.includes(desiredCount);
    twins.push({
      twin,
      tasks: read === 0 && probed ? 1 : read,
      desiredCount,
      ...(read === 0 && probed && { probed }),
      ...(foreign && { countBefore: step.desiredCount }),
    });
  }
  return { kind: 'proved', twins };
};
