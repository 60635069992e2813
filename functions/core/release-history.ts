import type { Control, Release, Rollback } from './state.ts';
import { lastProved } from './take-lease.ts';

/**
 * The release before the current one, as an operator means it. A rollback takes the newest entry off again instead of
 * adding one, so two rollbacks in a row go two releases back and not there and back.
 * @param history in the order of time, oldest first.
 */
export const previousRelease = (history: readonly Release[], currentDigest: string): Release | undefined => {
  const stack: Release[] = [];
  for (const release of history) {
    if (release.provedOn.length === 0) continue;
    if (release.trigger.kind === 'rollback') {
      const target = stack.findLastIndex(({ digest }) => digest === release.digest);
      if (target >= 0) stack.length = target + 1;
      else stack.push(release);
    } else if (stack.at(-1)?.digest !== release.digest) stack.push(release);
  }
  while (stack.at(-1)?.digest === currentDigest) stack.pop();
  return stack.at(-1);
};

/** A digest to go back to, and what that leaves. */
export type WayBack = Rollback & { readonly digest: string };

/**
 * Where a rollback leads that names no release. While another digest is on its way, a person wants that one away and the
 * proved release back, not the one before it. A second rollback leads to where the first does that has not ended.
 * @param history in the order of time, oldest first.
 * @param newestWaits whether the newest start waits for its turn. What still waits at a gate has touched nothing.
 */
export const wayBack = (control: Control, history: readonly Release[], newestWaits: boolean): WayBack | undefined => {
  const { release, rollout, newest, unsettled } = control;
  if (!release) return undefined;
  // What is left half done belongs to the newest start, or to one before it that made room.
  const comes = newestWaits || unsettled ? newest : undefined;
  for (const each of [rollout, comes]) if (each?.rollback) return { ...each.rollback, digest: each.digest };
  const leaves = [rollout, comes].find((each) => each !== undefined && each.digest !== release.digest)?.digest;
  if (leaves !== undefined) return { digest: (lastProved(control) ?? release).digest, leaves };
  const before = previousRelease(history, release.digest);
  return before && { digest: before.digest };
};

/** Whether a digest is a release that was proved: what is kept of it in the control item, or in the history. */
export const isProved = (
  digest: string,
  { release, proved }: Pick<Control, 'release' | 'proved'>,
  history: readonly Release[],
): boolean => [release, proved, ...history].some((each) => each?.digest === digest && each.provedOn.length > 0);
