import type { PassState } from '../definition/definition.ts';
import type { Outcome, Visit } from '../execution/visit.ts';

export const runPass = (visit: Visit<PassState>): Promise<Outcome> =>
  visit.finish(visit.state, visit.state.next, visit.input);
