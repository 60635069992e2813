import { describeTruth, runningDigests, type TwinTruth } from '../../rollouts/ground-truth.ts';
import type { Facts } from '../facts.ts';
import { type Invariant, isForeign } from '../invariant.ts';

const mixtures = (facts: Facts): readonly TwinTruth[] =>
  facts.world.truths().filter((truth) => {
    if (isForeign(truth.taskDefinition)) return false;
    const reachable = { ...truth, tasks: truth.tasks.filter(({ reachable }) => reachable) };
    const digests = runningDigests(reachable);
    const wanted = facts.digestOf(truth.taskDefinition);
    return !(digests.length === 0 || (digests.length === 1 && (wanted === undefined || digests[0] === wanted)));
  });

/** Tasks out of reach are apart until their site returns. */
export const noMixtureWithinATwin = (): Invariant => ({
  rule: 'at rest all tasks of a twin that can be reached run one release',
  // At a count that an operator set, a twin's percents may let it neither stop nor start a task: the last verdict says so.
  atRest: (facts) => {
    const saysSo =
      facts.lastClosed()?.verdict === 'rollback-failed' || facts.lastEnded()?.cause === 'percents-deadlock';
    return mixtures(facts)
      .filter(
        ({ twin, deadlocked }) => !(saysSo && deadlocked && facts.wasDone('count', 0, Number.POSITIVE_INFINITY, twin)),
      )
      .map(describeTruth);
  },
  atTheEnd: (facts) => mixtures(facts).map(describeTruth),
});
