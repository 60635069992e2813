import { imageOfRelease, shortDigest } from './image-reference.ts';
import { failureBy, judgeFailures, type ObservedTwin, type TaskFailure } from './judge-twin.ts';
import { lateReadMs } from './late-read.ts';
import type { Failure, ProvedTwin, Rollout, Step, TwinFailureCause } from './state.ts';

/** A task of the release that ECS lists as stopped. */
export interface StoppedTask {
  readonly startedAtMs: number | undefined;
  readonly stoppedAtMs: number;
  /** What counts against the release; undefined where AWS or somebody stopped it from outside. */
  readonly failure: TaskFailure | undefined;
}

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
    readonly startedAtMs: number | undefined;
    readonly health: 'healthy' | 'unhealthy' | 'unknown';
  }[];
  /** How many tasks ECS says that it has started since the rollout did. */
  readonly started: number;
  /** What has stopped since then; undefined where nothing asked for it to be read. */
  readonly stopped: readonly StoppedTask[] | undefined;
}

export interface ProofLimits extends Pick<Rollout, 'bakeSeconds' | 'deadlineSeconds' | 'failedTasksMax'> {
  /** When the last twin had arrived. */
  readonly bakeFromMs: number;
}

export type ProofJudgement =
  | { readonly kind: 'proved'; readonly twins: readonly ProvedTwin[] }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** Late reads explain what was seen; reading again decides. */
  | { readonly kind: 'unsettled'; readonly reason: string }
  /** What runs has not shown yet that it stays: it is watched until then, and looked at again. */
  | { readonly kind: 'bakes-on'; readonly twin: string; readonly untilMs: number; readonly reason: string };

type Release = Pick<Rollout, 'repository' | 'digest' | 'acceptedDigests'>;
type Sought = Exclude<ProofJudgement, { kind: 'proved' }>;

/** Between two looks at a twin that lacks a task. */
const lookAgainMs = 30_000;
/** Nothing bakes on for longer: so much of the time is left for retries, by the limits of a lease. */
const bakesOnMs = 3_600_000;
/** What came in the place of a failed task has to live no longer than this. */
const livesMs = bakesOnMs / 2;

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

const fail = (twin: string, cause: TwinFailureCause, reason: string, leave = false): Sought => ({
  kind: 'failed',
  failure: { kind: 'twin', twin, cause, reason, leave },
});

/**
 * How many tasks must run: no more than when the rollout began, since what a burst or somebody has added meanwhile may find
 * no room. Where none was to run, one of those shows the release, if no probe has.
 */
const wantedOf = ({ step, observed, probed }: SeenTwin): number => {
  const desired = observed?.desiredCount ?? 0;
  const asked = Math.min(desired, step.desiredCount);
  return asked === 0 && desired > 0 && !probed ? 1 : asked;
};

/** Tasks that are not unhealthy, and healthy where their health is checked: then one of them has told it. */
const soundOf = ({ tasks }: SeenTwin): SeenTwin['tasks'] => {
  const checked = tasks.some(({ health }) => health !== 'unknown');
  return tasks.filter(({ health }) => health === 'healthy' || !checked);
};

const illOf = ({ tasks }: SeenTwin): number => tasks.filter(({ health }) => health === 'unhealthy').length;

/** Tasks that have started in the bake, without those that were added to the twin meanwhile. */
const lateOf = ({ step, observed, tasks }: SeenTwin, bakeFromMs: number): number =>
  tasks.filter(({ startedAtMs = 0 }) => startedAtMs > bakeFromMs).length -
  Math.max(0, (observed?.desiredCount ?? 0) - step.desiredCount);

/** Whether tasks of the release may have stopped: what runs tells nothing of them, since ECS starts others in their place. */
export const mayHaveStopped = (seen: SeenTwin, bakeFromMs: number): boolean =>
  soundOf(seen).length < wantedOf(seen) ||
  illOf(seen) > 0 ||
  lateOf(seen, bakeFromMs) > 0 ||
  seen.started > seen.tasks.length;

/** Whether what was read is the release's; undefined where it is. */
const judgeRead = ({ step, observed, tasks }: SeenTwin, release: Release): Sought | undefined => {
  const { twin } = step;
  if (!observed?.active) return fail(twin, 'service-deleted', `The ECS service ${twin} does not exist any more.`, true);
  const primary = observed.primary?.taskDefinition;
  if (primary !== step.to.taskDefinition) {
    if (primary === undefined || step.ours.includes(primary)) {
      return { kind: 'unsettled', reason: `ECS still shows ${primary ?? 'no deployment'} on ${twin}` };
    }
    return fail(
      twin,
      'changed-by-someone-else',
      `Someone else moved ${twin} to ${primary} before the release was committed.`,
      true,
    );
  }
  for (const task of tasks) {
    if (task.taskDefinition !== step.to.taskDefinition) {
      return { kind: 'unsettled', reason: `${task.taskArn} of ${twin} still runs ${task.taskDefinition}` };
    }
    const image = imageOfRelease(task.images, release);
    if (!image?.digest) return { kind: 'unsettled', reason: `${task.taskArn} of ${twin} does not tell its digest yet` };
    if (!release.acceptedDigests.includes(image.digest)) {
      return fail(
        twin,
        'digest-mismatch',
        `A container of ${twin} runs ${shortDigest(image.digest)} and not ${shortDigest(release.digest)}.`,
      );
    }
  }
  return undefined;
};

/** Whether a twin has its tasks, and they have lived through the bake; undefined where it is so. */
const judgeLife = (seen: SeenTwin, limits: ProofLimits, nowMs: number): Sought | undefined => {
  const { step, observed, tasks, stopped = [] } = seen;
  const { twin } = step;
  const { bakeFromMs, failedTasksMax } = limits;
  const bakeMs = 1_000 * limits.bakeSeconds;
  const failed = stopped.filter(({ failure }) => failure).toSorted((a, b) => a.stoppedAtMs - b.stoppedAtMs);
  const failures = failed.flatMap(({ failure }) => failure ?? []);
  const tooMany = judgeFailures(twin, failures, { failedTasksMax, failFast: true });
  if (tooMany) return tooMany;
  const last = failures.at(-1);

  const wanted = wantedOf(seen);
  const sound = soundOf(seen);
  const ill = illOf(seen);
  if (ill > 0 || sound.length < wanted) {
    const lacks =
      ill > 0
        ? `${ill} of ${plural(tasks.length, 'task')} of ${twin} ${ill === 1 ? 'is' : 'are'} unhealthy`
        : `${sound.length} of ${plural(wanted, 'task')} of ${twin} ${sound.length < tasks.length ? 'are healthy' : 'run'}`;
    const untilMs = bakeFromMs + bakeMs + Math.min(1_000 * limits.deadlineSeconds, bakesOnMs);
    if (nowMs < untilMs)
      return { kind: 'bakes-on', twin, untilMs: Math.min(untilMs, nowMs + lookAgainMs), reason: lacks };
    const placement = observed?.placementFailure;
    const noRoom = placement && placement.atMs >= bakeFromMs ? placement.reason : undefined;
    const why = last?.reason ?? noRoom;
    const reason = `At the deadline of the proof ${lacks}${why ? `: ${why}` : '.'}`;
    if (last) return { kind: 'failed', failure: failureBy(twin, last, reason) };
    return fail(twin, ill > 0 ? 'unhealthy' : noRoom === undefined ? 'timed-out' : 'placement-failure', reason);
  }

  if (last && wanted > 0) {
    const lived = failed.map(({ startedAtMs, stoppedAtMs }) => stoppedAtMs - (startedAtMs ?? stoppedAtMs) + lateReadMs);
    const needsMs = Math.min(livesMs, Math.max(bakeMs, ...lived));
    // Those that run longest are enough of them.
    const youngestMs =
      sound.map(({ startedAtMs = nowMs }) => startedAtMs).toSorted((a, b) => a - b)[wanted - 1] ?? nowMs;
    const reason = `A task of ${twin} has failed, and what runs has not lived for ${needsMs / 1_000} s yet: ${last.reason}`;
    const untilMs = bakeFromMs + bakeMs + bakesOnMs;
    if (nowMs < youngestMs + needsMs && nowMs < untilMs)
      return { kind: 'bakes-on', twin, untilMs: Math.min(untilMs, youngestMs + needsMs), reason };
    if (nowMs < youngestMs + Math.min(livesMs, bakeMs))
      return {
        kind: 'failed',
        failure: failureBy(twin, last, `Tasks of ${twin} failed again and again before they had baked: ${last.reason}`),
      };
  }

  const newestMs = Math.max(...tasks.map(({ startedAtMs = 0 }) => startedAtMs));
  if (!last && lateOf(seen, bakeFromMs) > stopped.length && nowMs - newestMs < lateReadMs)
    return { kind: 'unsettled', reason: `ECS does not tell yet in which task's place one of ${twin} was started` };
  return undefined;
};

/**
 * Whether the running containers are the release's and have lived through the bake. A task definition that is ours but
 * older is a late read; one that was never ours is somebody else's. At desired count 0 there is nothing to read, and the twin is
 * named as not proved. Of tasks that AWS or somebody stopped, those that ECS starts instead prove the release as well.
 */
export const judgeProof = (
  seen: readonly SeenTwin[],
  release: Release,
  limits: ProofLimits,
  nowMs: number,
): ProofJudgement => {
  const found = seen.flatMap((each) => judgeRead(each, release) ?? judgeLife(each, limits, nowMs) ?? []);
  const worst =
    found.find(({ kind }) => kind === 'failed') ?? found.find(({ kind }) => kind === 'unsettled') ?? found[0];
  if (worst) return worst;
  return {
    kind: 'proved',
    twins: seen.map(({ step, observed, tasks, probed, countsSet }) => {
      const desiredCount = observed?.desiredCount ?? 0;
      const read = tasks.length;
      const foreign = desiredCount !== step.desiredCount && !countsSet.includes(desiredCount);
      return {
        twin: step.twin,
        tasks: read === 0 && probed ? 1 : read,
        desiredCount,
        ...(read === 0 && probed && { probed }),
        ...(foreign && { countBefore: step.desiredCount }),
      };
    }),
  };
};
