import { describeTruth } from '../../rollouts/ground-truth.ts';
import type { Facts } from '../facts.ts';
import { type Invariant, isForeign, short } from '../invariant.ts';

const digests = (facts: Facts): readonly (string | undefined)[] =>
  facts.world.truths().map(({ taskDefinition }) => facts.digestOf(taskDefinition));

const mixture = (facts: Facts): readonly string[] => {
  const found = digests(facts);
  return new Set(found).size <= 1
    ? []
    : [`${facts.world.truths().map(describeTruth).join('; ')} (pinned: ${found.map(short).join(', ')})`];
};

/**
 * Ends after which a mixture is told, and waits for a person or for the next rollout. A deferral is none of them: the site is
 * back long before the rest, and what it lacks was brought to it.
 */
const toldMixtures = ['changed-by-someone-else', 'rollback-failed', 'service-deleted'];

export const noMixtureBetweenTwins = (): Invariant => ({
  rule: 'at rest all twins are on one release, unless the last verdict says otherwise',
  atRest: (facts) => {
    const last = facts.lastClosed();
    const since = last?.execution.startMs ?? 0;
    const told = last !== undefined && toldMixtures.includes(last.verdict);
    if (told || facts.wasDone('task-definition', since, Number.POSITIVE_INFINITY)) return [];
    const truths = facts.world.truths();
    if (truths.some(({ taskDefinition }) => isForeign(taskDefinition))) return [];
    // Somebody set a count at which nothing can move; whatever should move the twin is refused for that, and says so.
    if (last?.cause === 'percents-deadlock' && truths.some(({ deadlocked }) => deadlocked)) return [];
    return mixture(facts);
  },
  atTheEnd: mixture,
});
