import type { ParallelState } from '../definition/definition.ts';
import { isTerminal, StateFailure } from '../execution/failure.ts';
import { abortInner, closeFrame, forever, openFrame } from '../execution/inner-frames.ts';
import { withRecovery } from '../execution/recovery.ts';
import { runGraph } from '../execution/run-graph.ts';
import type { Outcome, Visit } from '../execution/visit.ts';
import { Datum } from '../json.ts';

export const runParallel = (visit: Visit<ParallelState>): Promise<Outcome> =>
  withRecovery(visit, 'ParallelStateFailed', () => attempt(visit));

const attempt = async (visit: Visit<ParallelState>): Promise<Outcome> => {
  const { state, frame, input } = visit;
  const { chain } = frame;
  const branchInput = state.arguments ? new Datum(await visit.evaluate(state.arguments)) : input;
  chain.append('ParallelStateStarted');
  const branches = state.branches.map((graph) => ({ graph, inner: openFrame(frame, chain.fork()) }));
  const run = async ({ graph, inner }: (typeof branches)[number]): Promise<Datum> => {
    try {
      const output = await runGraph(inner, graph, branchInput);
      closeFrame(frame, inner);
      // The thread goes on from the last event of the branch that ends last.
      chain.continueFrom(inner.chain);
      return output;
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      // It failed at the moment at which another branch's failure had aborted it: nobody hears of that any more.
      if (inner.scope.cancelled) return forever;
      closeFrame(frame, inner);
      chain.continueFrom(inner.chain);
      if (!isTerminal(error)) abortInner(frame);
      throw error;
    }
  };
  const outputs = await frame.scope.guard(Promise.all(branches.map(run)));
  const result = new Datum(outputs.map((output) => output.value));
  chain.appendAside('ParallelStateSucceeded');
  return visit.finish(state, state.next, result, { result: result.value });
};
