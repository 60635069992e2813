import { shortDigest } from './image-reference.ts';
import type { Control, End, Hold, Rollback, Trigger } from './state.ts';

/** Holds are few; the oldest goes when there are more, since the control item has a size. */
const holdsMax = 50;

export const holdDigest = (control: Control, digest: string, hold: Hold): Control => {
  const others = Object.entries(control.holds ?? {}).filter(([held]) => held !== digest);
  others.sort(([, a], [, b]) => Date.parse(a.at) - Date.parse(b.at));
  return { ...control, holds: Object.fromEntries([...others, [digest, hold] as const].slice(-holdsMax)) };
};

/** @returns the control item without the hold; the same one where there is none. */
export const releaseHold = (control: Control, digest: string): Control => {
  if (!control.holds?.[digest]) return control;
  const { [digest]: _released, ...holds } = control.holds;
  const { holds: _holds, ...rest } = control;
  return Object.keys(holds).length > 0 ? { ...rest, holds } : rest;
};

/**
 * Causes for which the image itself answers. A site that was lost, a cluster without room or a deadline that passed says
 * nothing of the image, and trying it again is what people will do.
 */
const blamesTheImage: ReadonlySet<string> = new Set([
  'pull-failure',
  'failed-to-start',
  'crash-after-start',
  'exits-cleanly',
  'unhealthy',
  'circuit-breaker',
  'digest-mismatch',
  'probe-failed',
  'alarm',
  'dead-letters',
]);

/** The hold that a rollout's end leaves on its digest: one that was rolled back for the image's sake is not tried again. */
export const holdAfter = (end: Pick<End, 'verdict' | 'cause'>, at: string, rolloutId: string): Hold | undefined =>
  end.verdict === 'rolled-back' && blamesTheImage.has(end.cause)
    ? { by: 'spillway', at, reason: `rollout ${rolloutId} of it was rolled back (${end.cause})` }
    : undefined;

/** The hold that a person's way back to an older release leaves on the release that it left. */
export const holdAfterRollback = (actor: string, at: string, to: string): Hold => ({
  by: actor,
  at,
  reason: `rolled back to ${shortDigest(to)}`,
});

/** What a start says of the way back that it is; undefined where it is none. */
export const rollbackOf = ({ kind, leaves }: Trigger): Rollback | undefined =>
  kind === 'rollback' ? { ...(typeof leaves === 'string' && { leaves }) } : undefined;
