import type { SucceedState } from '../definition/definition.ts';
import type { Outcome, Visit } from '../execution/visit.ts';

export const runSucceed = (visit: Visit<SucceedState>): Promise<Outcome> =>
  visit.finish(visit.state, undefined, visit.input);
