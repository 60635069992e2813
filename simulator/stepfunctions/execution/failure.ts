import type { Json } from '../json.ts';

/** How a state failed: what `Retry` and `Catch` match on, and what ends an execution that catches nothing. */
export class StateFailure extends Error {
  readonly error: string | undefined;
  readonly reason: string | undefined;
  /** Another name under which `ErrorEquals` finds this failure: a missed heartbeat is recorded as `States.Timeout`. */
  readonly alias: string | undefined;

  constructor(error: string | undefined, reason?: string, alias?: string) {
    super(`${error}: ${reason}`);
    this.error = error;
    this.reason = reason;
    this.alias = alias;
  }

  /** What `$states.errorOutput` holds, and the output of a caught state that states none. */
  get output(): Json {
    return { Error: this.error ?? '', Cause: this.reason ?? '' };
  }
}

/** An error of the machine itself. It ends the execution at once: nothing retries or catches it. */
export const runtimeFailure = (reason: string): StateFailure => new StateFailure('States.Runtime', reason);

export const isTerminal = (failure: StateFailure): boolean => failure.error === 'States.Runtime';

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
export const matchesError = (names: readonly string[], failure: StateFailure): boolean =>
  names.some((name) => {
    if (name === failure.error || (failure.alias !== undefined && name === failure.alias)) return true;
    if (name === 'States.ALL') return failure.error !== 'States.DataLimitExceeded';
    return (
      name === 'States.TaskFailed' && failure.error !== 'States.Timeout' && failure.error !== 'States.DataLimitExceeded'
    );
  });
