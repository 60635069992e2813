import type { Json } from '../json.ts';
import { callService, type Integration, type TaskRun } from './integration.ts';
import { type InvokeResponse, parsePayload, payloadText, throwFunctionError } from './lambda-payload.ts';
import { lambdaErrors } from './service-errors.ts';

/** A function's ARN as resource: the arguments are the event, the answer is the result. */
const request = async (run: TaskRun): Promise<Json> => {
  const response = await callService<InvokeResponse>(
    run,
    'lambda',
    'Invoke',
    { FunctionName: run.resource, Payload: new TextEncoder().encode(JSON.stringify(run.arguments)) },
    lambdaErrors,
  );
  throwFunctionError(response);
  return parsePayload(payloadText(response.Payload));
};

export const lambdaFunction: Integration = { request };
