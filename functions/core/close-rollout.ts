import { isHeldBy } from './fence.ts';
import type { Control, End, Release, Rollout, RolloutRecord, Unsettled } from './state.ts';
import { lastProved } from './take-lease.ts';

type Holder = { readonly executionArn: string };

/**
 * The control item after a commit; undefined when the lease is not this execution's any more. A release that nothing
 * proved becomes current, but a failed rollout still goes back to the one before it.
 */
export const commitRelease = (
  control: Control,
  holder: Holder,
  release: Release,
  deferred: readonly string[] = [],
): Control | undefined => {
  if (!isHeldBy(control, holder)) return undefined;
  const { rollout: _rollout, unsettled: _unsettled, proved: _proved, deferred: _deferred, ...settled } = control;
  const rest = deferred.length > 0 ? { ...settled, deferred } : settled;
  const before = lastProved(control);
  // Where none was ever proved, none is kept as if it were: the newest is what stands.
  const keeps = release.provedOn.length === 0 && before !== undefined && before.provedOn.length > 0;
  return keeps ? { ...rest, release, proved: before } : { ...rest, release };
};

/** When the release that a rollout commits was asked for: a refresh asks for the one that is current already. */
export const releaseAskedAt = (
  control: Pick<Control, 'release'> | undefined,
  { goal, askedAt }: Pick<Rollout, 'goal' | 'askedAt'>,
): string => (goal === 'refresh' ? control?.release?.askedAt : undefined) ?? askedAt;

/** How a rollout that did not complete has left its twins. */
export interface Left {
  readonly end: Pick<End, 'verdict' | 'cause'>;
  /** Whether the way back was walked. */
  readonly wentBack: boolean;
  readonly record: Pick<RolloutRecord, 'before' | 'taskDefinitions'> | undefined;
  /** Twins that were moved and then left alone, since their site was lost: they are brought to the release on its return. */
  readonly lost?: readonly string[];
}

/**
 * The control item after a rollout that did not complete. What dead rollouts left stays until every twin was brought to
 * one place; a failed way back, or a newer rollout that takes over between two waves, adds what this one left.
 */
export const releaseLease = (control: Control, holder: Holder, left: Left): Control | undefined => {
  if (!isHeldBy(control, holder)) return undefined;
  const { rollout: _rollout, unsettled, deferred: deferredBefore = [], ...freed } = control;
  const isBack = left.wentBack && left.end.verdict !== 'rollback-failed';
  const lost = left.lost ?? [];
  // Where something was unsettled, the way back has visited all of its twins.
  const stillDeferred = deferredBefore.filter((twin) => !(isBack && unsettled && twin in unsettled.before));
  const deferred = [...new Set([...stillDeferred, ...lost])];
  const rest = deferred.length > 0 ? { ...freed, deferred } : freed;
  if (isBack) {
    // Every twin is on the last proved release now, or gets it when its site returns.
    const { proved, ...settled } = rest;
    if (proved) return { ...settled, release: proved };
    if (settled.release || lost.length === 0) return settled;
    return { ...settled, unsettled: { ...merged(unsettled, left.record), awaitsSite: true } };
  }
  const behind = leftBehind(unsettled, left);
  return behind ? { ...rest, unsettled: behind } : rest;
};

const leftBehind = (unsettled: Unsettled | undefined, { end, record }: Left): Unsettled | undefined => {
  if (end.verdict !== 'rollback-failed' && end.cause !== 'at-safe-point') return unsettled;
  const needsPerson = end.verdict === 'rollback-failed' || unsettled?.needsPerson;
  return { ...merged(unsettled, record), ...(needsPerson && { needsPerson }) };
};

/** What this rollout and those before it have touched; where a twin was before the first of them counts. */
const merged = (
  unsettled: Unsettled | undefined,
  record: Left['record'],
): Pick<Unsettled, 'before' | 'taskDefinitions'> => ({
  before: { ...record?.before, ...unsettled?.before },
  taskDefinitions: [
    ...new Set([...(unsettled?.taskDefinitions ?? []), ...Object.values(record?.taskDefinitions ?? {})]),
  ],
});
