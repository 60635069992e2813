import { AwsError } from '../cloud/aws-error.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import { readJsonObject, toAwsJson } from './json-value.ts';
import type { Protocol } from './protocol.ts';
import { queryCompatible, readBlobs, serviceOfShape } from './service-shapes.ts';

/** What awsJson says of a fault in headers besides the body. */
export const errorHeaders = (error: AwsError, isQueryCompatible: boolean): Record<string, string> => ({
  'x-amzn-errortype': error.code,
  ...(isQueryCompatible || error.queryCode
    ? { 'x-amzn-query-error': `${error.queryCode ?? error.code};${error.status < 500 ? 'Sender' : 'Receiver'}` }
    : {}),
});

/** awsJson 1.0 and 1.1: `POST /` with `X-Amz-Target: <shape>.<Action>`. */
export const jsonProtocol = (request: HttpRequest): Protocol => {
  const contentType = request.headers['content-type']?.split(';')[0] ?? 'application/x-amz-json-1.1';
  const respond = (
    status: number,
    requestId: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): HttpResponse => ({
    status,
    headers: { 'content-type': contentType, 'x-amzn-requestid': requestId, ...headers },
    body: toAwsJson(body),
  });
  return {
    read: ({ headers, body }) => {
      const [shape = '', action = ''] = (headers['x-amz-target'] ?? '').split('.');
      const service = serviceOfShape(shape);
      if (!service || !action)
        throw new AwsError('UnknownOperationException', `Unknown operation '${headers['x-amz-target']}'.`, {
          status: 404,
        });
      return { service, action, input: readBlobs(service, readJsonObject(body)) };
    },
    answer: (_call, output, requestId) => respond(200, requestId, output),
    fail: (call, error, requestId) =>
      respond(
        error.status,
        requestId,
        { ...error.fields, __type: error.code, message: error.message },
        errorHeaders(error, call !== undefined && queryCompatible.has(call.service)),
      ),
  };
};
