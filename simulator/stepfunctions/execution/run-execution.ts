import type { Execution, ExecutionStatus } from './execution.ts';
import { StateFailure } from './failure.ts';
import type { Frame, Machinery } from './frame.ts';
import { Chain, HistoryFull, historyEventsMax } from './history.ts';
import { runGraph } from './run-graph.ts';

/** Called once, when the execution has ended and its history is closed. */
export type OnEnd = (execution: Execution) => void;

/** Starts an execution whose history holds nothing yet. Its first state is entered one transition later. */
export const startRun = (machinery: Machinery, execution: Execution, onEnd: OnEnd): void => {
  const { ctx } = machinery;
  const { history, machine, scope, input } = execution;
  history.append('ExecutionStarted', 0, {
    executionStartedEventDetails: {
      input: input.text,
      inputDetails: { truncated: false },
      roleArn: machine.roleArn,
    },
  });
  const { timeoutSeconds } = machine.definition;
  if (timeoutSeconds !== undefined) {
    void scope.wait(timeoutSeconds * 1000, 'states execution timeout').then(() => {
      history.end('ExecutionTimedOut', 0, { executionTimedOutEventDetails: { error: 'States.Timeout' } });
      close(machinery, execution, 'TIMED_OUT', onEnd);
    });
  }
  const timer = ctx.kernel.afterAws(ctx.fidelity.stateTransitionMs, 'states start', () => {
    forget();
    return run(machinery, execution, onEnd);
  });
  const forget = scope.onCancel(() => timer.cancel());
};

const run = async (machinery: Machinery, execution: Execution, onEnd: OnEnd): Promise<void> => {
  const { history, machine, scope, input } = execution;
  const frame: Frame = {
    machinery,
    execution,
    chain: new Chain(history),
    scope,
    nested: false,
    mapContext: undefined,
    variables: {},
    running: undefined,
    inner: new Set(),
    iteration: undefined,
  };
  try {
    const output = await runGraph(frame, machine.definition.machine, input);
    execution.output = output.text;
    history.end('ExecutionSucceeded', frame.chain.tailId, {
      executionSucceededEventDetails: { output: output.text, outputDetails: { truncated: false } },
    });
    close(machinery, execution, 'SUCCEEDED', onEnd);
  } catch (error) {
    const failure = asFailure(error);
    execution.error = failure.error;
    execution.cause = failure.reason;
    history.end('ExecutionFailed', frame.chain.tailId, {
      executionFailedEventDetails: {
        ...(failure.error === undefined ? {} : { error: failure.error }),
        ...(failure.reason === undefined ? {} : { cause: failure.reason }),
      },
    });
    close(machinery, execution, 'FAILED', onEnd);
  }
};

/** Anything but a state's failure and a full history is a fault of the simulator, which must not look like AWS's. */
const asFailure = (error: unknown): StateFailure => {
  if (error instanceof StateFailure) return error;
  if (error instanceof HistoryFull)
    return new StateFailure(
      'States.Runtime',
      `The execution reached the maximum number of history events (${historyEventsMax}).`,
    );
  throw error;
};

/** Ends an execution from outside. No state runs on, and no Catch. */
export const stopRun = (
  machinery: Machinery,
  execution: Execution,
  error: string | undefined,
  cause: string | undefined,
  onEnd: OnEnd,
): void => {
  execution.error = error;
  execution.cause = cause;
  execution.history.end('ExecutionAborted', 0, {
    executionAbortedEventDetails: {
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    },
  });
  close(machinery, execution, 'ABORTED', onEnd);
};

const close = (machinery: Machinery, execution: Execution, status: ExecutionStatus, onEnd: OnEnd): void => {
  execution.status = status;
  execution.stopMs = machinery.ctx.kernel.now();
  execution.scope.cancel();
  onEnd(execution);
};
