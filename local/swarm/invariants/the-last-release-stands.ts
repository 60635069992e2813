import { describeTruth } from '../../rollouts/ground-truth.ts';
import type { Invariant } from '../invariant.ts';

/** Liveness: without faults the service works again, whatever was left behind. */
export const theLastReleaseStands = (): Invariant => ({
  rule: 'a last release without faults completes on every twin',
  atTheEnd: (facts) => {
    const last = facts.images.at(-1);
    const end = facts.ended().findLast(({ digest }) => digest === last?.digest);
    if (end?.verdict !== 'completed')
      return [`it ended as ${end?.verdict} (${end?.cause}): ${end?.execution.cause ?? ''}`];
    return facts.world.truths().flatMap((truth) => {
      const running = truth.tasks.filter(({ running, digest }) => running && digest === last?.digest).length;
      return running === truth.desired && truth.tasks.length === running ? [] : [describeTruth(truth)];
    });
  },
});
