import { decode, encode, Token, Type } from 'cborg';
import { AwsError } from '../cloud/aws-error.ts';
import type { HttpResponse } from './http-message.ts';
import { errorHeaders } from './json-protocol.ts';
import type { Protocol } from './protocol.ts';
import { queryCompatible, serviceOfShape } from './service-shapes.ts';

const path = /^\/service\/([^/]+)\/operation\/([^/]+)$/;

export const isCborPath = (requestPath: string): boolean => path.test(requestPath);

/** Smithy RPC v2 with CBOR bodies: `POST /service/<shape>/operation/<Action>`. Times travel as tag 1. */
export const cborProtocol: Protocol = {
  read: (request) => {
    const [, shape = '', action = ''] = path.exec(request.path) ?? [];
    const service = serviceOfShape(shape);
    if (!service) throw new AwsError('UnknownOperationException', `Unknown service '${shape}'.`, { status: 404 });
    return { service, action, input: request.body.length === 0 ? {} : read(request.body) };
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

const respond = (
  status: number,
  requestId: string,
  body: unknown,
  headers: Record<string, string> = {},
): HttpResponse => ({
  status,
  headers: {
    'content-type': 'application/cbor',
    'smithy-protocol': 'rpc-v2-cbor',
    'x-amzn-requestid': requestId,
    ...headers,
  },
  body: encode(withoutUndefined(body), { typeEncoders: { Date: encodeDate } }),
});

const read = (body: Uint8Array): unknown => {
  let input: unknown;
  try {
    input = decode(body, { tags: { 1: (content) => new Date(Number(content()) * 1000) } });
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid CBOR.');
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new AwsError('SerializationException', 'The request body is not a CBOR map.');
  return input;
};

const encodeDate = (date: Date): Token[] => [new Token(Type.tag, 1), new Token(Type.float, date.getTime() / 1000)];

/** CBOR has a value for undefined, which clients take for a member that is present. */
const withoutUndefined = (value: unknown): unknown => {
  if (value instanceof Date || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, withoutUndefined(member)]),
  );
};
