import { shortDigest } from './image-reference.ts';
import type { Control, End, Failure, Hold, Rollback, Trigger } from './state.ts';

/**
 * Of each kind: those that people asked for, and those that ways back and rollouts left. The control item, which may have
 * 400 KB, has room for 50 reasons of 1,000 characters of 3 bytes.
 */
const holdsMax = 50;

const rank = ({ leftBy }: Hold): number => (leftBy === undefined ? 2 : leftBy === 'rollback' ? 1 : 0);

/** Those of one kind by their digests, the oldest first. */
const alike = ({ holds = {} }: Pick<Control, 'holds'>, hold: Hold, digest: string): readonly string[] =>
  Object.entries(holds)
    .filter(([held, each]) => held !== digest && rank(each) === rank(hold))
    .toSorted(([, a], [, b]) => Date.parse(a.at) - Date.parse(b.at))
    .map(([held]) => held);

/** Why no hold can be asked for, with what may be released first; undefined where one can. */
export const noRoomForHold = (control: Control, digest: string, hold: Hold): string | undefined => {
  const held = alike(control, hold, digest);
  const [oldest = ''] = held;
  const mark = control.holds?.[oldest];
  if (held.length < holdsMax || !mark) return undefined;
  return (
    `${control.service} has ${held.length} images that people hold, and no more are kept: release one first that nobody would roll out any more. ` +
    `The oldest is ${oldest}, held by ${mark.by || 'somebody'} at ${mark.at}${mark.reason ? ` (${mark.reason})` : ''}.`
  );
};

/**
 * Puts a hold on a digest. One that was asked for stays as it is where a way back or a rollout would leave another, and so
 * does that of a way back where a rollout would. Of those that are left by themselves the oldest goes when there are more.
 */
export const holdDigest = (control: Control, digest: string, hold: Hold): Control => {
  const before = control.holds?.[digest];
  if (before && rank(before) > rank(hold)) return control;
  const held = alike(control, hold, digest);
  const gone = hold.leftBy === undefined ? [] : held.slice(0, Math.max(0, held.length + 1 - holdsMax));
  const stay = Object.entries(control.holds ?? {}).filter(([each]) => !gone.includes(each));
  return { ...control, holds: Object.fromEntries([...stay, [digest, hold]]) };
};

/**
 * The one held digest that begins so, as status tells it: 12 hexadecimal digits or more, with or without `sha256:`. Undefined
 * where there is none, or more than one.
 */
export const heldByShort = ({ holds = {} }: Pick<Control, 'holds'>, text: string): string | undefined => {
  const short = /^(?:sha256:)?([0-9a-f]{12,63})$/.exec(text);
  if (!short) return undefined;
  const found = Object.keys(holds).filter((digest) => digest.startsWith(`sha256:${short[1]}`));
  return found.length === 1 ? found[0] : undefined;
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

/**
 * The hold that a rollout's end leaves on its digest: one that was rolled back for the image's sake is not tried again.
 * @param failure why it was rolled back: tasks that could not start may have been kept from it by the network or a machine.
 */
export const holdAfter = (
  end: Pick<End, 'verdict' | 'cause'>,
  failure: Failure,
  at: string,
  rolloutId: string,
): Hold | undefined =>
  end.verdict === 'rolled-back' && blamesTheImage.has(end.cause) && !(failure.kind === 'twin' && failure.blameless)
    ? { by: 'spillway', at, leftBy: 'rollout', reason: `rollout ${rolloutId} of it was rolled back (${end.cause})` }
    : undefined;

/** The hold that a person's way back to an older release leaves on the release that it left. */
export const holdAfterRollback = (actor: string, at: string, to: string): Hold => ({
  by: actor,
  at,
  leftBy: 'rollback',
  reason: `rolled back to ${shortDigest(to)}`,
});

/** What a start says of the way back that it is; undefined where it is none. */
export const rollbackOf = ({ kind, leaves }: Trigger): Rollback | undefined =>
  kind === 'rollback' ? { ...(typeof leaves === 'string' && { leaves }) } : undefined;
