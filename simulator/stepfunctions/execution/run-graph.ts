import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { State, StateGraph } from '../definition/definition.ts';
import type { Datum, Json } from '../json.ts';
import { runChoice } from '../states/choice.ts';
import { runFail } from '../states/fail.ts';
import { runMap } from '../states/map.ts';
import { runParallel } from '../states/parallel.ts';
import { runPass } from '../states/pass.ts';
import { runSucceed } from '../states/succeed.ts';
import { runTask } from '../states/task.ts';
import { runWait } from '../states/wait.ts';
import { isTerminal, StateFailure } from './failure.ts';
import type { Frame } from './frame.ts';
import { type Outcome, Visit } from './visit.ts';

const runState = (visit: Visit): Promise<Outcome> => {
  switch (visit.state.type) {
    case 'Pass':
      return runPass(visit as Visit<typeof visit.state>);
    case 'Task':
      return runTask(visit as Visit<typeof visit.state>);
    case 'Choice':
      return runChoice(visit as Visit<typeof visit.state>);
    case 'Wait':
      return runWait(visit as Visit<typeof visit.state>);
    case 'Succeed':
      return runSucceed(visit as Visit<typeof visit.state>);
    case 'Fail':
      return runFail(visit as Visit<typeof visit.state>);
    case 'Parallel':
      return runParallel(visit as Visit<typeof visit.state>);
    case 'Map':
      return runMap(visit as Visit<typeof visit.state>);
  }
};

/**
 * Runs the states of a graph in one frame, from its first to one that ends it.
 * @throws StateFailure when a state fails and nothing catches it
 */
export const runGraph = async (frame: Frame, graph: StateGraph, input: Datum): Promise<Datum> => {
  const { chain, scope, machinery } = frame;
  let name = graph.startAt;
  let datum = input;
  for (;;) {
    const state = graph.states.get(name) as State;
    const beforeEnteredId = chain.lastId;
    const enteredId = chain.append(`${state.type}StateEntered` as HistoryEventType, {
      stateEnteredEventDetails: { name, input: datum.text, inputDetails: { truncated: false } },
    });
    machinery.ctx.kernel.record('states-entered', { execution: frame.execution.arn, state: name });
    frame.running = state.type;
    const outcome = await runVisit(new Visit(frame, state, datum, enteredId, beforeEnteredId));
    frame.running = undefined;
    chain.append(`${state.type}StateExited` as HistoryEventType, {
      stateExitedEventDetails: {
        name,
        output: outcome.output.text,
        outputDetails: { truncated: false },
        ...assignedDetails(outcome.assigned),
      },
    });
    if (outcome.assigned) frame.variables = { ...frame.variables, ...outcome.assigned };
    if (outcome.next === undefined) return outcome.output;
    name = outcome.next;
    datum = outcome.output;
    await scope.waitAws(machinery.ctx.fidelity.stateTransitionMs, 'states transition');
  }
};

const runVisit = async (visit: Visit): Promise<Outcome> => {
  try {
    return await runState(visit);
  } catch (error) {
    // A Task whose failure ends its branch or iteration is recorded as aborted too.
    if (error instanceof StateFailure && visit.frame.nested && visit.state.type === 'Task' && !isTerminal(error))
      visit.frame.chain.appendAside('TaskStateAborted');
    visit.frame.running = undefined;
    throw error;
  }
};

const assignedDetails = (assigned: Readonly<Record<string, Json>> | undefined) =>
  assigned === undefined
    ? {}
    : {
        assignedVariables: Object.fromEntries(
          Object.entries(assigned).map(([name, value]) => [name, JSON.stringify(value)]),
        ),
        assignedVariablesDetails: { truncated: false },
      };
