import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { Catcher, Retrier, State } from '../definition/definition.ts';
import { Datum } from '../json.ts';
import { isTerminal, matchesError, StateFailure } from './failure.ts';
import type { Outcome, Visit } from './visit.ts';

interface Recoverable {
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
}

/**
 * Runs attempts of a state until one succeeds, no retrier takes its failure any more, or a catcher takes it.
 * `failedEvent` is what Map and Parallel states record once their retries are used up.
 * @throws StateFailure that nothing caught
 */
export const withRecovery = async (
  visit: Visit<State & Recoverable>,
  failedEvent: HistoryEventType | undefined,
  attempt: () => Promise<Outcome>,
): Promise<Outcome> => {
  const { state, frame } = visit;
  const attempts = state.retry.map(() => 0);
  for (;;) {
    let failure: StateFailure;
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StateFailure) || isTerminal(error)) throw error;
      failure = error;
    }
    const index = state.retry.findIndex((retrier) => matchesError(retrier.errorEquals, failure));
    const retrier = state.retry[index];
    const used = attempts[index] ?? 0;
    if (retrier && used < retrier.maxAttempts) {
      attempts[index] = used + 1;
      // The caller states these intervals, so they are not paced.
      await frame.scope.wait(
        retryDelayMs(retrier, used, () => frame.machinery.ctx.kernel.draw('states-retry-jitter')),
        'states retry',
      );
      visit.retryCount += 1;
      continue;
    }
    const beforeFailedId = frame.chain.lastId;
    if (failedEvent) frame.chain.append(failedEvent);
    const catcher = state.catch.find((candidate) => matchesError(candidate.errorEquals, failure));
    if (!catcher) throw failure;
    const errorOutput = failure.output;
    try {
      const evaluate = () => visit.finish(catcher, catcher.next, new Datum(errorOutput), { errorOutput });
      return await (failedEvent ? visit.catching(beforeFailedId, evaluate) : evaluate());
    } catch (error) {
      // A clause that cannot be evaluated fails the state a second time.
      if (failedEvent && error instanceof StateFailure) frame.chain.append(failedEvent);
      throw error;
    }
  }
};

/** Milliseconds before the next attempt, after `used` earlier ones. */
export const retryDelayMs = (retrier: Retrier, used: number, draw: () => number): number => {
  const grown = retrier.intervalSeconds * retrier.backoffRate ** used;
  const capped = Math.min(grown, retrier.maxDelaySeconds ?? Number.MAX_SAFE_INTEGER / 1000);
  return capped * 1000 * (retrier.jitter === 'FULL' ? draw() : 1);
};
