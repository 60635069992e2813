import type { InvocationRequest } from '@aws-sdk/client-lambda';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';

/** 6 MB for callers who wait, 1 MB for events. */
const payloadMax = { RequestResponse: 6_291_456, Event: 1_048_576 } as const;

interface InvokeAnswer {
  readonly StatusCode: number;
  readonly ExecutedVersion?: string;
  readonly FunctionError?: string;
  readonly LogResult?: string;
  readonly Payload: Uint8Array;
}

export const invoke: ActionDefinition<LambdaService, InvocationRequest, InvokeAnswer> = {
  refuses: ['DurableExecutionName', 'TenantId'],
  partly: 'client contexts',
  permissions: (service, input) => [
    { action: 'lambda:InvokeFunction', resource: service.arnOfGiven(input.FunctionName, input.Qualifier) },
  ],
  resourcePolicy: (service, input) => service.policyOf(input.FunctionName, input.Qualifier),
  run: async (service, input) => {
    const resolved = service.resolve(input.FunctionName, input.Qualifier);
    const type = input.InvocationType ?? 'RequestResponse';
    if (input.ClientContext) throw notModelled('client contexts of invocations');
    if (type === 'DryRun') return { StatusCode: 204, Payload: new Uint8Array() };
    const payload = readPayload(input.Payload, payloadMax[type]);
    const requestId = service.ctx.kernel.uuid('lambda.request-id');
    if (type === 'Event') {
      service.invoker.enqueue(resolved, payload, requestId);
      return { StatusCode: 202, Payload: new Uint8Array() };
    }
    const result = await service.invoker.invoke(resolved, payload, requestId);
    return {
      StatusCode: 200,
      ExecutedVersion: resolved.version.version,
      ...(result.isError ? { FunctionError: 'Unhandled' } : {}),
      ...(input.LogType === 'Tail' ? { LogResult: result.logTail } : {}),
      Payload: result.payload,
    };
  },
};

const readPayload = (given: InvocationRequest['Payload'] | string, maximum: number): unknown => {
  const text = typeof given === 'string' ? given : new TextDecoder().decode(given);
  const bytes = Buffer.byteLength(text);
  if (bytes > maximum)
    throw new AwsError(
      'RequestEntityTooLargeException',
      `${bytes} byte payload is too large for the ${maximum === payloadMax.Event ? 'Event' : 'RequestResponse'} invocation type (limit ${maximum} bytes)`,
      { status: 413, fields: { Type: 'User' } },
    );
  if (text === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: Could not parse payload into json: ${(error as Error).message}`,
      { fields: { Type: 'User' } },
    );
  }
};
