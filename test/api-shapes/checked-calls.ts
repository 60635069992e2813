import { AwsError } from '../../simulator/cloud/aws-error.ts';
import { Dispatcher } from '../../simulator/cloud/dispatcher.ts';
import type { ApiCall } from '../../simulator/cloud/service.ts';
import { errorMismatches, mismatches } from './sdk-shape.ts';

/** What was found in the answers of the simulated services since the last look, each once. */
const found = new Set<string>();
const actions = new Set<string>();

/** Every action that was answered since the process began, `ecs:UpdateService`. */
export const checkedActions = (): ReadonlySet<string> => actions;

/** Where answers differed from the service models since the last look. */
export const takeViolations = (): readonly string[] => {
  const violations = [...found];
  found.clear();
  return violations;
};

const check = (call: ApiCall, compare: () => readonly string[]): void => {
  actions.add(`${call.service}:${call.action}`);
  for (const text of compare()) found.add(text);
};

let checks = false;

/** Checks every answer of every simulated cloud of this process from now on; asked for again, it goes on. */
export const checkEveryCall = (): void => {
  // Each test file of a process asks for it, and each answer is checked once.
  if (checks) return;
  checks = true;
  const { call: plain } = Dispatcher.prototype;
  Dispatcher.prototype.call = async function (this: Dispatcher, call) {
    try {
      const answer = await plain.call(this, call);
      check(call, () => [
        ...mismatches(call.service, call.action, 'input', call.input),
        ...mismatches(call.service, call.action, 'output', answer),
      ]);
      return answer;
    } catch (error) {
      if (error instanceof AwsError) check(call, () => errorMismatches(call.service, call.action, error));
      throw error;
    }
  };
};
