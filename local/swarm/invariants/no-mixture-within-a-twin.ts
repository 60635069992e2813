import { describeTruth, runningDigests } from '../../rollouts/ground-truth.ts';
import type { Facts } from '../facts.ts';
import { type Invariant, isForeign } from '../invariant.ts';

const mixtures = (facts: Facts): readonly string[] =>
  facts.world.truths().flatMap((truth) => {
    if (isForeign(truth.taskDefinition)) return [];
    const reachable = { ...truth, tasks: truth.tasks.filter(({ reachable }) => reachable) };
    const digests = runningDigests(reachable);
    const wanted = facts.digestOf(truth.taskDefinition);
    const right = digests.length === 0 || (digests.length === 1 && (wanted === undefined || digests[0] === wanted));
    return right ? [] : [describeTruth(truth)];
  });

/** Tasks out of reach are apart until their site returns. */
export const noMixtureWithinATwin = (): Invariant => ({
  rule: 'at rest all tasks of a twin that can be reached run one release',
  atRest: mixtures,
  atTheEnd: mixtures,
});
