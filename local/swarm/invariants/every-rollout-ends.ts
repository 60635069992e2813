import type { Facts } from '../facts.ts';
import type { Invariant } from '../invariant.ts';

const unended = (facts: Facts): readonly string[] =>
  facts.world
    .executions()
    .filter(({ status }) => status === 'RUNNING')
    .map(({ arn, name }) => `${name} still runs, in "${facts.world.statesOf(arn).at(-1)}"`);

export const everyRolloutEnds = (): Invariant => ({
  rule: 'every started rollout ends, with a verdict of the list',
  atRest: (facts) => [
    ...unended(facts),
    ...facts
      .ended()
      .filter(({ execution, verdict }) => verdict === execution.status && execution.status !== 'ABORTED')
      .map(
        ({ execution }) => `${execution.name} ended as ${execution.status} (${execution.error}: ${execution.cause})`,
      ),
  ],
  atTheEnd: unended,
});
