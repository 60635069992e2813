import type { ObservedTwin } from './judge-twin.ts';
import type { End, Failure, ProvedTwin, Rollout } from './state.ts';
import { endOf } from './verdict.ts';

export interface FailureFacts {
  readonly failure: Failure;
  /** Whether the way back was walked: false means that no twin was written. */
  readonly wentBack: boolean;
  /** Whether a twin was moved, or may have been by a call whose answer was lost. */
  readonly moved: boolean;
  /** What failed on the way back, by twin. */
  readonly backFailures: readonly Failure[];
  /** How each twin stands, where the way back failed. */
  readonly standing: readonly Standing[];
  /** Twins that are not back yet, since their site was lost or is away. */
  readonly lost: readonly string[];
}

export interface Standing {
  readonly twin: string;
  /** Undefined where the ECS service is gone. */
  readonly observed: ObservedTwin | undefined;
}

const stands = ({ twin, observed }: Standing): string => {
  if (!observed?.active) return `${twin} does not exist.`;
  const parts = observed.deployments
    .filter(({ running, pending }) => running + pending > 0)
    .map(({ taskDefinition, running }) => `${running} of ${taskDefinition.slice(taskDefinition.lastIndexOf('/') + 1)}`);
  return `${twin} runs ${parts.join(' and ') || 'nothing'}, and ${observed.desiredCount} are desired.`;
};

/** A failed function's own sentence: Lambda wraps it as JSON. */
const sentenceOf = (failure: Extract<Failure, { kind: 'error' }>): string => {
  let message = failure.message;
  try {
    const { errorMessage }: { readonly errorMessage?: unknown } = JSON.parse(message);
    if (errorMessage !== undefined) message = String(errorMessage);
  } catch {
    // Not JSON, cut off, or null: it is shown as it came.
  }
  return `${failure.error}${message ? `: ${message}` : ''}`;
};

/** A sentence ends with a full stop, also where AWS's own words end it. */
const sentence = (text: string): string => (/[.!?]$/.test(text.trimEnd()) ? text.trimEnd() : `${text.trimEnd()}.`);

const describe = (failure: Failure): string =>
  failure.kind === 'error'
    ? `${failure.twin ? `${failure.twin}: ` : ''}${sentenceOf(failure)} (in the state "${failure.at}").`
    : sentence(failure.reason);

const whereTwinsAre = (lost: readonly string[]): string =>
  lost.length === 0
    ? 'Every twin is back where it was.'
    : `Every other twin is back where it was, and ${lost.join(' and ')} ${lost.length === 1 ? 'follows' : 'follow'} when the site returns.`;

/** Names the end of a rollout that did not complete. */
export const concludeFailure = ({
  failure,
  wentBack,
  moved,
  backFailures,
  standing,
  lost: left,
}: FailureFacts): End => {
  const areBack = whereTwinsAre(left);
  const lost = [failure, ...backFailures].find((each) => each.kind === 'error' && each.error === 'FenceLost');
  if (lost)
    return endOf('rollout', 'superseded', 'fence-lost', `Another execution took the service over. ${describe(lost)}`);
  if (backFailures.length > 0) {
    return endOf(
      'rollout',
      'rollback-failed',
      'needs-a-person',
      `${describe(failure)} The way back failed too: ${backFailures.map(describe).join(' ')} A person must look: ${standing.map(stands).join(' ')}`,
    );
  }
  if (failure.kind === 'stopped') {
    const how = `${sentence(failure.reason)} ${wentBack ? areBack : 'Nothing had been changed.'}`;
    if (failure.status === 'ABORTED') {
      return endOf('rollout', 'stopped-by-hand', wentBack ? 'taken-back' : 'before-any-change', how);
    }
    return wentBack
      ? endOf('rollout', 'rolled-back', 'controller-error', how)
      : endOf('rollout', 'refused', 'controller-error', how);
  }
  if (failure.kind === 'left-behind') {
    if (left.length > 0) return endOf('rollout', 'rolled-back', 'site-lost', `${sentence(failure.reason)} ${areBack}`);
    return endOf(
      'rollout',
      'completed',
      'taken-back',
      `${sentence(failure.reason)} Every twin is on the last proved release, or where it was before the first one.`,
    );
  }
  if (failure.kind === 'superseded') {
    return moved
      ? endOf('rollout', 'superseded', 'at-safe-point', `${failure.reason} It goes on with the twins.`)
      : endOf('rollout', 'superseded', 'newer-rollout', `${failure.reason} This one changed nothing.`);
  }
  if (failure.kind === 'refused') {
    // Whoever takes the lease of a dead rollout over owes the twins their way back, whatever becomes of its own release.
    const changed = wentBack
      ? `Nothing of it was started; what an earlier rollout had left half done was taken back. ${left.length > 0 ? areBack : 'Every twin is on the last proved release, or where it was before the first one.'}`
      : 'Nothing was changed.';
    return endOf('rollout', 'refused', failure.cause, `${sentence(failure.reason)} ${changed}`);
  }
  if (failure.kind === 'error') {
    return wentBack
      ? endOf(
          'rollout',
          'rolled-back',
          'controller-error',
          `The controller failed on the way: ${describe(failure)} ${areBack}`,
        )
      : endOf(
          'rollout',
          'refused',
          'controller-error',
          `The controller failed before anything was changed: ${describe(failure)}`,
        );
  }
  switch (failure.cause) {
    case 'changed-by-someone-else':
      return endOf(
        'rollout',
        'changed-by-someone-else',
        'task-definition',
        `${sentence(failure.reason)} That twin was left alone.`,
      );
    case 'service-deleted':
      return endOf('rollout', 'service-deleted', 'during-rollout', failure.reason);
    default:
      return endOf('rollout', 'rolled-back', failure.cause, `${sentence(failure.reason)} ${areBack}`);
  }
};

/** Names the end of a rollout whose twins all arrived. */
export const concludeSuccess = (
  { service, twins, goal, trigger }: Pick<Rollout, 'service' | 'twins' | 'goal' | 'trigger'>,
  proof: readonly ProvedTwin[],
  deferred: readonly string[] = [],
  lost: readonly string[] = [],
): End => {
  const proved = proof.filter(({ tasks }) => tasks > 0);
  const unproved = proof.filter(({ tasks }) => tasks === 0).map(({ twin }) => twin);
  const seen = `Running containers were seen with the digest: ${proved
    .map(({ twin, tasks, probed }) => (probed ? `one on ${twin}, a probe` : `${tasks} on ${twin}`))
    .join(', ')}.`;
  const later =
    lost.length > 0
      ? ` The site was lost on the way: ${lost.join(' and ')} gets the release when it returns.`
      : deferred.length > 0
        ? ` The site is away: ${deferred.join(' and ')} gets the release when it returns.`
        : '';
  if (proved.length === 0) {
    const rest = `${unproved.join(' and ')} rest at desired count 0.`;
    const none = `${service} is on the release, but no task has run it: ${rest}`;
    return endOf('rollout', 'nothing-proved', 'desired-count-zero', `${none}${later}`);
  }
  if (later !== '') return endOf('rollout', 'deferred', lost.length > 0 ? 'site-lost' : 'site-away', `${seen}${later}`);
  const foreign = proof.filter(({ countBefore }) => countBefore !== undefined);
  if (foreign.length > 0) {
    const counts = foreign.map(
      ({ twin, countBefore, desiredCount }) => `${twin} from ${countBefore} to ${desiredCount}`,
    );
    return endOf(
      'rollout',
      'changed-by-someone-else',
      'desired-count',
      `${seen} Someone else changed a count on the way, and it was left so: ${counts.join(', ')}.`,
    );
  }
  if (unproved.length > 0) {
    return endOf(
      'rollout',
      'completed',
      'partly-proved',
      `${seen} Not proved, since at desired count 0: ${unproved.join(', ')}.`,
    );
  }
  if (goal === 'refresh' && trigger.kind === 'site-return') return endOf('rollout', 'completed', 'caught-up', seen);
  if (twins.length === 1) return endOf('rollout', 'completed', 'one-capacity', seen);
  return endOf('rollout', 'completed', proved.some(({ probed }) => probed) ? 'proved-by-probe' : 'proved', seen);
};
