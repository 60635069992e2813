import type { StartExecutionInput, StartExecutionOutput } from '@aws-sdk/client-sfn';
import type { ActionDefinition } from '../../cloud/service.ts';
import { stepFunctionsErrors } from '../errors.ts';
import { Datum, exceedsDataLimit, type Json } from '../json.ts';
import { isValidName } from '../state-machine.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

/**
 * The same name with the same input answers with the running execution. Once that has ended, its name is taken for
 * 90 days, whatever the input.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export const startExecution: ActionDefinition<StepFunctionsService, StartExecutionInput, StartExecutionOutput> = {
  permissions: (_service, input) => [{ action: 'states:StartExecution', resource: input.stateMachineArn ?? '*' }],
  run: (service, input) => {
    const machine = service.machine(input.stateMachineArn);
    const name = input.name ?? service.ctx.kernel.uuid('states-execution-name');
    if (!isValidName(name)) throw stepFunctionsErrors.invalidName(name);
    const inputText = input.input ?? '{}';
    const existing = service.findExecution(service.executionArn(machine.name, name));
    if (existing) {
      if (existing.status !== 'RUNNING' || existing.inputText !== inputText)
        throw stepFunctionsErrors.executionAlreadyExists(existing.arn);
      return { executionArn: existing.arn, startDate: new Date(existing.startMs) };
    }
    const { arn, startMs } = service.start(machine, {
      name,
      inputText,
      input: parseInput(inputText),
      traceHeader: input.traceHeader,
    });
    return { executionArn: arn, startDate: new Date(startMs) };
  },
};

const parseInput = (text: string): Datum => {
  if (exceedsDataLimit(text))
    throw stepFunctionsErrors.invalidInput('The input exceeds the maximum number of bytes service limit');
  try {
    return new Datum(JSON.parse(text) as Json, text);
  } catch (error) {
    throw stepFunctionsErrors.invalidInput((error as Error).message);
  }
};
