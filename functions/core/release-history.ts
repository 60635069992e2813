import type { Release } from './state.ts';

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
