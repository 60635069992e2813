import type { End } from './state.ts';

/**
 * How rollouts and bursts end: one closed list of (verdict, cause). Whoever ends one picks an entry; nothing else is
 * ever written into a record, an event or an execution's output.
 */

interface Entry {
  readonly of: 'rollout' | 'burst';
  readonly verdict: string;
  readonly cause: string;
  /** Whether the execution succeeds. One that does not fails with the entry's error name. */
  readonly succeeded: boolean;
  /** Exit code of the command line. */
  readonly exitCode: number;
  /** What it means, for people. The reason of a single end adds names and numbers. */
  readonly sentence: string;
}

const entries = [
  {
    of: 'rollout',
    verdict: 'completed',
    cause: 'proved',
    succeeded: true,
    exitCode: 0,
    sentence: 'Every twin runs the release, read from its running containers.',
  },
  {
    of: 'rollout',
    verdict: 'completed',
    cause: 'proved-by-probe',
    succeeded: true,
    exitCode: 0,
    sentence: 'Every twin is on the release; what rests at desired count 0 was proved by one task that did no work.',
  },
  {
    of: 'rollout',
    verdict: 'completed',
    cause: 'partly-proved',
    succeeded: true,
    exitCode: 0,
    sentence: 'Every twin is on the release; a twin that rests at desired count 0 has not run it yet.',
  },
  {
    of: 'rollout',
    verdict: 'completed',
    cause: 'one-capacity',
    succeeded: true,
    exitCode: 0,
    sentence: 'The service runs on one capacity by its configuration, and runs the release there.',
  },
  {
    of: 'rollout',
    verdict: 'completed',
    cause: 'caught-up',
    succeeded: true,
    exitCode: 0,
    sentence: 'The site is back, and every twin is on the release on which the service stood.',
  },
  {
    of: 'rollout',
    verdict: 'completed',
    cause: 'taken-back',
    succeeded: true,
    exitCode: 0,
    sentence: 'What had been left half done was taken back; every twin is on the last proved release.',
  },
  {
    of: 'rollout',
    verdict: 'completed',
    cause: 'already-current',
    succeeded: true,
    exitCode: 0,
    sentence: 'The service was on this release already; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'deferred',
    cause: 'site-away',
    succeeded: true,
    exitCode: 3,
    sentence: 'The cloud side runs the release; the site is away and gets it when it returns.',
  },
  {
    of: 'rollout',
    verdict: 'deferred',
    cause: 'site-lost',
    succeeded: true,
    exitCode: 3,
    sentence: 'The cloud side runs the release; the site was lost on the way and gets it when it returns.',
  },
  {
    of: 'rollout',
    verdict: 'nothing-proved',
    cause: 'desired-count-zero',
    succeeded: true,
    exitCode: 3,
    sentence: 'The twins are on the release, but all rest at desired count 0: no task has run it.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'invalid-input',
    succeeded: false,
    exitCode: 2,
    sentence: 'The input was not what a rollout accepts; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'unknown-service',
    succeeded: false,
    exitCode: 2,
    sentence: 'There is no such service; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'image-missing',
    succeeded: false,
    exitCode: 2,
    sentence: 'The image is not in the repository; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'platform-missing',
    succeeded: false,
    exitCode: 2,
    sentence: 'The image has no variant for linux/amd64; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'tag-not-deployable',
    succeeded: false,
    exitCode: 2,
    sentence: 'The tag is not one that the service may be released from; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'frozen',
    succeeded: false,
    exitCode: 2,
    sentence: 'The service is frozen; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'held',
    succeeded: false,
    exitCode: 2,
    sentence: 'The digest is held; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'outside-window',
    succeeded: false,
    exitCode: 2,
    sentence: "The time is outside the service's deployment windows; nothing was changed.",
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'scan-findings-basic',
    succeeded: false,
    exitCode: 2,
    sentence: "ECR's basic scan found more than the service accepts; nothing was changed.",
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'scan-findings-enhanced',
    succeeded: false,
    exitCode: 2,
    sentence: 'Amazon Inspector found more than the service accepts; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'scan-unfinished',
    succeeded: false,
    exitCode: 2,
    sentence: 'The scan of the image did not finish in time; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'approval-denied',
    succeeded: false,
    exitCode: 2,
    sentence: 'Somebody denied the approval; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'approval-timed-out',
    succeeded: false,
    exitCode: 2,
    sentence: 'Nobody approved in time; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'service-missing',
    succeeded: false,
    exitCode: 2,
    sentence: 'A twin of the service does not exist in ECS; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'task-definition-unfit',
    succeeded: false,
    exitCode: 2,
    sentence: 'No task definition could be made for a twin; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'percents-deadlock',
    succeeded: false,
    exitCode: 2,
    sentence:
      'At the count of a twin its percents let ECS neither stop an old task nor start a new one; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'no-fit-cpu',
    succeeded: false,
    exitCode: 2,
    sentence: 'No connected machine has the CPU that a task of the release needs; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'no-fit-memory',
    succeeded: false,
    exitCode: 2,
    sentence: 'No connected machine has the memory that a task of the release needs; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'no-fit-port',
    succeeded: false,
    exitCode: 2,
    sentence: 'No connected machine has the host port free that a task of the release needs; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'no-fit-architecture',
    succeeded: false,
    exitCode: 2,
    sentence: "No connected machine has the architecture of the release's task definition; nothing was changed.",
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'site-away',
    succeeded: false,
    exitCode: 2,
    sentence:
      'The site is away, and the service does not declare that neighbouring releases may run side by side; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'ecs-rolling-back',
    succeeded: false,
    exitCode: 2,
    sentence: 'ECS itself rolls a twin back, and a deployment into that stalls; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'already-rolling-out',
    succeeded: false,
    exitCode: 2,
    sentence:
      "Another rollout is under way, and the service's policy is to reject a start meanwhile; nothing was changed.",
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'busy',
    succeeded: false,
    exitCode: 2,
    sentence: 'Another rollout held the service for longer than a start waits; nothing was changed.',
  },
  {
    of: 'rollout',
    verdict: 'refused',
    cause: 'controller-error',
    succeeded: false,
    exitCode: 2,
    sentence: 'The controller itself failed before anything was changed.',
  },
  {
    of: 'rollout',
    verdict: 'rolled-back',
    cause: 'pull-failure',
    succeeded: false,
    exitCode: 1,
    sentence: 'The image could not be pulled; every twin is back where it was.',
  },
  {
    of: 'rollout',
    verdict: 'rolled-back',
    cause: 'failed-to-start',
    succeeded: false,
    exitCode: 1,
    sentence: 'Tasks of the release never started; every twin is back where it was.',
  },
  {
    of: 'rollout',
    verdict: 'rolled-back',
    cause: 'crash-after-start',
    succeeded: false,
    exitCode: 1,
    sentence: 'Tasks of the release started and then stopped by themselves; every twin is back where it was.',
  },
  {
    of: 'rollout',
    verdict: 'rolled-back',
    cause: 'exits-cleanly',
    succeeded: false,
    exitCode: 1,
    sentence: 'Tasks of the release end with exit code 0 instead of serving; every twin is back where it was.',
  },
  {
    of: 'rollout',
    verdict: 'rolled-back',
    cause: 'unhealthy',
    succeeded: false,
    exitCode: 1,
    sentence: 'Tasks of the release failed their health checks; every twin is back where it was.',
  },
  {
    of: 'rollout',
    verdict: 'rolled-back',
    cause: 'placement-failure',
    succeeded: false,
    exitCode: 1,
    sentence: 'No place was found for tasks of the release; every twin is back where it was.',
  },
  {
    of: 'rollout',
    verdict: 'rolled-back',
    cause: 'circuit-breaker',
    succeeded: false,
    exitCode: 1,
    sentence: 'ECS gave the deployment up without a stopped task that says why; every twin is back where it was.',
  },
  {
    of: 'rollout',
    verdict: 'rolled-back',
    cause: 'timed-out',
    succeeded: false,
    exitCode: 1,
    sentence: 'The rollout did not end within its deadline; every twin is back where it was.',
  },
  {
    of: 'rollout',
    verdict: 'rolled-back',
    cause: 'digest-mismatch',
    succeeded: false,
    exitCode: 1,
    sentence: "Running containers do not have the release's digest; every twin is back where it was.",
  },
  {
    of: 'rollout',
    verdict: 'rolled-back',
    cause: 'probe-failed',
    succeeded: false,
    exitCode: 1,
    sentence: 'The one task that was to prove a twin at desired count 0 failed; every twin is back where it was.',
  },
  {
    of: 'rollout',
    verdict: 'rolled-back',
    cause: 'alarm',
    succeeded: false,
    exitCode: 1,
    sentence: 'An alarm of the service rose while the release was watched; every twin is back where it was.',
  },
  {
    of: 'rollout',
    verdict: 'rolled-back',
    cause: 'dead-letters',
    succeeded: false,
    exitCode: 1,
    sentence: 'A dead-letter queue of the service grew while the release was watched; every twin is back where it was.',
  },
  {
    of: 'rollout',
    verdict: 'rolled-back',
    cause: 'site-lost',
    succeeded: false,
    exitCode: 1,
    sentence: 'The site was lost on the way; the cloud side is back where it was, the site follows when it returns.',
  },
  {
    of: 'rollout',
    verdict: 'rolled-back',
    cause: 'controller-error',
    succeeded: false,
    exitCode: 1,
    sentence: 'The controller itself failed on the way; every twin is back where it was.',
  },
  {
    of: 'rollout',
    verdict: 'superseded',
    cause: 'newer-rollout',
    succeeded: false,
    exitCode: 4,
    sentence: 'A newer start took the place of this one while it waited; this one changed nothing.',
  },
  {
    of: 'rollout',
    verdict: 'superseded',
    cause: 'at-safe-point',
    succeeded: false,
    exitCode: 4,
    sentence: 'A newer rollout took over between two steps of this one and goes on with its twins.',
  },
  {
    of: 'rollout',
    verdict: 'superseded',
    cause: 'fence-lost',
    succeeded: false,
    exitCode: 4,
    sentence: 'Another execution took the service over; what becomes of it is told there.',
  },
  {
    of: 'rollout',
    verdict: 'changed-by-someone-else',
    cause: 'task-definition',
    succeeded: false,
    exitCode: 5,
    sentence: 'Someone else moved a twin in the middle of the rollout; that twin was left alone, the others are back.',
  },
  {
    of: 'rollout',
    verdict: 'changed-by-someone-else',
    cause: 'desired-count',
    succeeded: true,
    exitCode: 0,
    sentence:
      'Every twin runs the release; someone else changed the count of a twin on the way, and it was left as they set it.',
  },
  {
    of: 'rollout',
    verdict: 'service-deleted',
    cause: 'during-rollout',
    succeeded: false,
    exitCode: 5,
    sentence: 'A twin was deleted in the middle of the rollout; the others are back where they were.',
  },
  {
    of: 'rollout',
    verdict: 'stopped-by-hand',
    cause: 'before-any-change',
    succeeded: false,
    exitCode: 7,
    sentence: 'Somebody stopped the execution before anything was changed.',
  },
  {
    of: 'rollout',
    verdict: 'stopped-by-hand',
    cause: 'taken-back',
    succeeded: false,
    exitCode: 7,
    sentence: 'Somebody stopped the execution in the middle of the rollout; every twin is back where it was.',
  },
  {
    of: 'rollout',
    verdict: 'rollback-failed',
    cause: 'needs-a-person',
    succeeded: false,
    exitCode: 6,
    sentence: 'The rollout failed and so did the way back of at least one twin; a person must look.',
  },
  {
    of: 'burst',
    verdict: 'recalled',
    cause: 'calm',
    succeeded: true,
    exitCode: 0,
    sentence: 'The base can carry the queue again; both twins are back at their base counts.',
  },
  {
    of: 'burst',
    verdict: 'recalled',
    cause: 'time-over',
    succeeded: true,
    exitCode: 0,
    sentence: 'The time that was asked for is over; both twins are back at their base counts.',
  },
  {
    of: 'burst',
    verdict: 'joined',
    cause: 'already-bursting',
    succeeded: true,
    exitCode: 0,
    sentence: 'The service is bursting already; that burst goes on, this start changed nothing.',
  },
  {
    of: 'burst',
    verdict: 'superseded',
    cause: 'lease-lost',
    succeeded: true,
    exitCode: 4,
    sentence: 'Another execution goes on with the burst; this one wrote nothing more.',
  },
  {
    of: 'burst',
    verdict: 'refused',
    cause: 'invalid-input',
    succeeded: false,
    exitCode: 2,
    sentence: 'The input was not what a burst accepts; nothing was changed.',
  },
  {
    of: 'burst',
    verdict: 'refused',
    cause: 'unknown-service',
    succeeded: false,
    exitCode: 2,
    sentence: 'There is no such service; nothing was changed.',
  },
  {
    of: 'burst',
    verdict: 'refused',
    cause: 'not-configured',
    succeeded: false,
    exitCode: 2,
    sentence: 'The service does not burst; nothing was changed.',
  },
  {
    of: 'burst',
    verdict: 'refused',
    cause: 'never-released',
    succeeded: false,
    exitCode: 2,
    sentence: 'The service has no release yet that a burst could run; nothing was changed.',
  },
  {
    of: 'burst',
    verdict: 'refused',
    cause: 'bound-to-premises',
    succeeded: false,
    exitCode: 2,
    sentence: 'Only messages that are bound to the premises are late, and no Fargate task may read them.',
  },
  {
    of: 'burst',
    verdict: 'recalled',
    cause: 'controller-error',
    succeeded: false,
    exitCode: 1,
    sentence: 'The controller could not look at the queue any more; both twins are back at their base counts.',
  },
  {
    of: 'burst',
    verdict: 'recall-failed',
    cause: 'needs-a-person',
    succeeded: false,
    exitCode: 6,
    sentence: 'The controller failed and could not set the counts back either; a person must look.',
  },
] as const satisfies readonly Entry[];

type Entries = (typeof entries)[number];
export type VerdictEntry = Entry;
export const verdicts: readonly VerdictEntry[] = entries;

export type Of = Entry['of'];
export type Verdict<O extends Of> = Extract<Entries, { of: O }>['verdict'];
export type Cause<O extends Of, V> = Extract<Entries, { of: O; verdict: V }>['cause'];

const pascal = (words: string): string =>
  words.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** `Rollout` or `Burst`, the verdict, a dot and the cause: what a state machine or a pipeline matches on. */
export const errorName = (entry: Pick<VerdictEntry, 'of' | 'verdict' | 'cause'>): string =>
  `${pascal(entry.of)}${pascal(entry.verdict)}.${entry.cause}`;

/** An end from the list. The reason stands for the sentence when left out. */
export const endOf = <O extends Of, V extends Verdict<O>>(
  of: O,
  verdict: V,
  cause: Cause<O, V>,
  reason?: string,
): End => {
  const entry = verdicts.find((each) => each.of === of && each.verdict === verdict && each.cause === cause);
  if (!entry) throw new TypeError(`(${verdict}, ${String(cause)}) is no end of a ${of}`);
  return {
    succeeded: entry.succeeded,
    verdict,
    cause: entry.cause,
    reason: reason ?? entry.sentence,
    error: entry.succeeded ? null : errorName(entry),
  };
};

/** Exit code of the command line for an end; 1 for one that is not in the list. */
export const exitCodeOf = (of: Of, end: Pick<End, 'verdict' | 'cause'>): number =>
  verdicts.find((each) => each.of === of && each.verdict === end.verdict && each.cause === end.cause)?.exitCode ?? 1;
