import type { FailState } from '../definition/definition.ts';
import { StateFailure } from '../execution/failure.ts';
import type { Outcome, Visit } from '../execution/visit.ts';

export const runFail = async (visit: Visit<FailState>): Promise<Outcome> => {
  const { error, cause } = visit.state;
  throw new StateFailure(
    error ? String(await visit.evaluateAs(error, 'string')) : undefined,
    cause ? String(await visit.evaluateAs(cause, 'string')) : undefined,
  );
};
