import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { AwsError } from '../cloud/aws-error.ts';
import type { Dispatcher } from '../cloud/dispatcher.ts';
import type { Caller } from '../cloud/service.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { cborProtocol, isCborPath } from './cbor-protocol.ts';
import { ec2Protocol, isEc2Request } from './ec2-protocol.ts';
import type { HttpRequest, HttpResponse, HttpRoute } from './http-message.ts';
import { jsonProtocol } from './json-protocol.ts';
import { isLambdaPath, lambdaProtocol } from './lambda-protocol.ts';
import type { Protocol, WireCall } from './protocol.ts';
import { isQueryRequest, queryProtocol } from './query-protocol.ts';

export interface HttpFrontOptions {
  readonly dispatcher: Pick<Dispatcher, 'call'>;
  readonly kernel: Pick<Kernel, 'uuid'>;
  /** Whose access key it is; undefined for keys that the simulator did not issue. May throw an AwsError, as for an expired session. */
  readonly callerOf: (accessKeyId: string) => Caller | undefined;
  /** Whoever signs with a key of his own. */
  readonly operator?: Caller;
  /** Whether the network carries a caller's requests and answers; where not, the connection breaks off. Default: it does. */
  readonly reaches?: (caller: Caller) => boolean;
  readonly routes?: readonly HttpRoute[];
  /** Told of errors that are no answer of AWS: faults of the simulator. */
  readonly onFault?: (error: unknown) => void;
}

const defaultOperator: Caller = { kind: 'operator', arn: 'arn:aws:iam::123456789012:user/operator' };

/**
 * Every AWS API on one port. The protocol is told from the request alone, as AWS's own gateways do. Signatures are not
 * verified, but an API call without any is refused: a task that lost its credentials must notice.
 */
export const httpFront = (options: HttpFrontOptions): RequestListener => {
  const serve = async (request: HttpRequest): Promise<HttpResponse | undefined> => {
    const route = options.routes?.find((candidate) => candidate.matches(request));
    if (route) return route.handle(request);
    return callApi(options, request);
  };
  return (incoming, outgoing) => {
    void (async () => {
      try {
        const request = await readRequest(incoming, outgoing);
        const response = await serve(request);
        if (response) write(outgoing, incoming.method, response);
        else outgoing.destroy();
      } catch (error) {
        options.onFault?.(error);
        if (!outgoing.headersSent) write(outgoing, incoming.method, internalFailure);
        else outgoing.destroy();
      }
    })();
  };
};

const internalFailure: HttpResponse = {
  status: 500,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'InternalFailure' },
  body: JSON.stringify({ __type: 'InternalFailure', message: 'The local cloud failed.' }),
};

/** @returns undefined when the answer does not reach the caller. */
const callApi = async (options: HttpFrontOptions, request: HttpRequest): Promise<HttpResponse | undefined> => {
  const cut = (caller: Caller): boolean => options.reaches?.(caller) === false;
  const protocol = protocolOf(request);
  const requestId = options.kernel.uuid('http-request-id');
  let call: WireCall | undefined;
  try {
    call = protocol.read(request);
    const caller = callerOf(options, request);
    if (cut(caller)) return undefined;
    const output = await options.dispatcher.call({ ...call, caller, signal: request.signal });
    // What was asked for is done; its answer is lost on a link that was cut meanwhile.
    if (cut(caller)) return undefined;
    return protocol.answer(call, output ?? {}, requestId);
  } catch (error) {
    if (error instanceof AwsError) return protocol.fail(call, error, requestId);
    options.onFault?.(error);
    const message = error instanceof Error ? error.message : String(error);
    return protocol.fail(call, new AwsError('InternalFailure', message, { status: 500 }), requestId);
  }
};

const protocolOf = (request: HttpRequest): Protocol => {
  if (isCborPath(request.path)) return cborProtocol;
  if (request.headers['x-amz-target']) return jsonProtocol(request);
  if (isLambdaPath(request.path)) return lambdaProtocol(request);
  if (isEc2Request(request)) return ec2Protocol(request);
  if (isQueryRequest(request)) return queryProtocol(request);
  return jsonProtocol(request);
};

const callerOf = (options: HttpFrontOptions, request: HttpRequest): Caller => {
  const credential =
    /Credential=([^/,\s]+)\//.exec(request.headers.authorization ?? '')?.[1] ??
    request.query.get('X-Amz-Credential')?.split('/')[0];
  if (!credential)
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', { status: 403 });
  return options.callerOf(credential) ?? options.operator ?? defaultOperator;
};

const readRequest = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<HttpRequest> => {
  const controller = new AbortController();
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) controller.abort();
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
  const body = new Uint8Array(Buffer.concat(chunks));
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    ),
    // SDKs compress large bodies of metrics.
    body: incoming.headers['content-encoding'] === 'gzip' ? new Uint8Array(gunzipSync(body)) : body,
    signal: controller.signal,
  };
};

const write = (outgoing: ServerResponse, method: string | undefined, response: HttpResponse): void => {
  const body = typeof response.body === 'string' ? Buffer.from(response.body) : response.body;
  const headers: Record<string, string> = { ...response.headers };
  if (response.status !== 204 && headers['content-length'] === undefined)
    headers['content-length'] = String(body.byteLength);
  outgoing.writeHead(response.status, headers);
  outgoing.end(method === 'HEAD' || response.status === 204 ? undefined : body);
};
