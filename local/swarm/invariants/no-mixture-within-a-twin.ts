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
  // At a count that an operator set, a twin's percents may let it neither stop nor start a task; the verdict asks for a person.
  atRest: (facts) => {
    const last = facts.lastClosed();
    if (last?.verdict !== 'rollback-failed') return mixtures(facts);
    const isStuck = (twin: string): boolean => facts.wasDone('count', 0, Number.POSITIVE_INFINITY, twin);
    return mixtures(facts).filter((sentence) => !isStuck(sentence.split(':')[0] ?? ''));
  },
  atTheEnd: mixtures,
});
