import type { Json, JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { callService, type Integration, type TaskRun } from './integration.ts';
import { type InvokeResponse, parsePayload, payloadText, throwFunctionError } from './lambda-payload.ts';
import { sdkMetadata } from './sdk-metadata.ts';
import { lambdaErrors } from './service-errors.ts';

/** `arn:aws:states:::lambda:invoke`. A Payload that is a string is sent as it stands, everything else as JSON. */
const request = async (run: TaskRun): Promise<Json> => {
  const { Payload: payload, ...rest } = isJsonObject(run.arguments) ? run.arguments : ({} as JsonObject);
  const response = await callService<InvokeResponse>(
    run,
    'lambda',
    'Invoke',
    {
      ...rest,
      ...(payload === undefined
        ? {}
        : { Payload: new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload)) }),
    },
    lambdaErrors,
  );
  throwFunctionError(response);
  const { kernel } = run.machinery.ctx;
  const text = payloadText(response.Payload);
  const version = response.ExecutedVersion ?? '$LATEST';
  const trace = `root=1-${kernel.hex('states-trace-id', 8)}-${kernel.hex('states-trace-id', 24)};parent=${kernel.hex('states-trace-id', 16)};sampled=0`;
  return {
    ExecutedVersion: version,
    Payload: parsePayload(text),
    ...sdkMetadata(kernel, text, 'application/json', {
      'X-Amz-Executed-Version': version,
      'x-amzn-Remapped-Content-Length': '0',
      'X-Amzn-Trace-Id': trace,
    }),
    StatusCode: response.StatusCode ?? 200,
  };
};

export const lambdaInvoke: Integration = { required: ['FunctionName'], request };
