import type { SendTaskSuccessInput, SendTaskSuccessOutput } from '@aws-sdk/client-sfn';
import type { ActionDefinition } from '../../cloud/service.ts';
import { stepFunctionsErrors } from '../errors.ts';
import { Datum, exceedsDataLimit, type Json } from '../json.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

export const sendTaskSuccess: ActionDefinition<StepFunctionsService, SendTaskSuccessInput, SendTaskSuccessOutput> = {
  permissions: (service, input) => service.tokens.permissions('states:SendTaskSuccess', input.taskToken),
  run: (service, input) => {
    const text = input.output ?? '';
    if (exceedsDataLimit(text))
      throw stepFunctionsErrors.invalidOutput('The output exceeds the maximum number of bytes service limit');
    const listener = service.tokens.find(input.taskToken);
    let value: Json;
    try {
      value = JSON.parse(text) as Json;
    } catch (error) {
      throw stepFunctionsErrors.invalidOutput((error as Error).message);
    }
    listener.settle({ kind: 'success', output: new Datum(value, text) });
    return {};
  },
};
