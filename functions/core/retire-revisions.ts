import type { Control } from './state.ts';

/**
 * Revisions of a twin that nothing needs any more: neither one of the newest, nor that of the current release, nor that
 * of the proved one that a failed rollout goes back to. None while a rollout is under way or twins are unsettled, which
 * may need any of them, or while the site of the twin is away, where an older one runs; the next completed rollout asks
 * again.
 * @param revisions active revisions of the twin's family, newest first.
 * @param keep how many of the newest stay.
 */
export const retiredRevisions = (
  control: Pick<Control, 'rollout' | 'unsettled' | 'release' | 'proved' | 'deferred'>,
  twin: string,
  revisions: readonly string[],
  keep: number,
): readonly string[] => {
  if (control.rollout || control.unsettled || !control.release || control.deferred?.includes(twin)) return [];
  const needed = [control.release, control.proved].map((release) => release?.taskDefinitions[twin]);
  return revisions.slice(keep).filter((revision) => !needed.includes(revision));
};
