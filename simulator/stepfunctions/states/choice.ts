import type { ChoiceState } from '../definition/definition.ts';
import type { Outcome, Visit } from '../execution/visit.ts';

/** A rule brings its own Assign and Output; the state's own belong to the default. */
export const runChoice = async (visit: Visit<ChoiceState>): Promise<Outcome> => {
  const { state, input } = visit;
  for (const rule of state.choices) {
    if ((await visit.evaluateAs(rule.condition, 'boolean')) === true) return visit.finish(rule, rule.next, input);
  }
  if (state.default === undefined)
    throw visit.runtimeFailure('Failed to transition out of the state. The state does not point to a next state.');
  return visit.finish(state, state.default, input);
};
