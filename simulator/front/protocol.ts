import type { AwsError } from '../cloud/aws-error.ts';
import type { ServiceName } from '../cloud/service.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';

/** An API call as it was found in a request. */
export interface WireCall {
  readonly service: ServiceName;
  readonly action: string;
  readonly input: unknown;
}

/** One of AWS's ways to put API calls on HTTP. */
export interface Protocol {
  /** Finds the call. @throws AwsError `SerializationException` when the body cannot be read. */
  read(request: HttpRequest): WireCall;
  answer(call: WireCall, output: unknown, requestId: string): HttpResponse;
  /** `call` is undefined when the request could not be read. */
  fail(call: WireCall | undefined, error: AwsError, requestId: string): HttpResponse;
}
