import type { Facts } from '../facts.ts';
import type { Invariant } from '../invariant.ts';

const unended = (facts: Facts): readonly string[] =>
  facts.world
    .executions()
    .filter(({ status }) => status === 'RUNNING')
    .map(({ arn, name }) => `${name} still runs, in "${facts.world.statesOf(arn).at(-1)}"`);

/** Executions that were stopped in the middle of what they did: only their record can say how they ended. */
const untold = (facts: Facts): readonly string[] => {
  const told = new Set(facts.world.told.map(({ rolloutId }) => rolloutId));
  return facts.world
    .executions()
    .filter(({ status, inputText }) => status === 'ABORTED' && !inputText.includes('"takeBack":true'))
    .flatMap(({ name, startMs }) => {
      const verdict = facts.recordedVerdict(name, startMs);
      if (verdict === undefined) return [`${name} was stopped, and its record has no end`];
      return told.has(name) ? [] : [`${name} was stopped, ended as ${verdict}, and nobody was told`];
    });
};

export const everyRolloutEnds = (): Invariant => ({
  rule: 'every started rollout ends, with a verdict of the list',
  atRest: (facts) => [
    ...unended(facts),
    ...untold(facts),
    ...facts
      .ended()
      .filter(({ execution, verdict }) => verdict === execution.status && execution.status !== 'ABORTED')
      .map(
        ({ execution }) => `${execution.name} ended as ${execution.status} (${execution.error}: ${execution.cause})`,
      ),
  ],
  atTheEnd: unended,
});
