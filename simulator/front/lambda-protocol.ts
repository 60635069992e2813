import { AwsError } from '../cloud/aws-error.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import { readJsonObject, toAwsJson } from './json-value.ts';
import type { Protocol, WireCall } from './protocol.ts';
import { readBlobs } from './service-shapes.ts';

interface Route {
  readonly action: string;
  readonly method: string;
  readonly path: RegExp;
  /** Names of the path's groups. */
  readonly labels: readonly string[];
  readonly query: readonly string[];
  readonly status: number;
}

const route = (
  action: string,
  method: string,
  path: string,
  options: { readonly query?: readonly string[]; readonly status?: number } = {},
): Route => ({
  action,
  method,
  path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '([^/]+)')}/?$`),
  labels: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string),
  query: options.query ?? [],
  status: options.status ?? 200,
});

const functions = '/2015-03-31/functions';
const one = `${functions}/{FunctionName}`;
const qualifier = { query: ['Qualifier'] };
const page = { query: ['Marker', 'MaxItems', 'FunctionVersion'] };

/** The REST paths of Lambda's API. */
const routes: readonly Route[] = [
  route('ListFunctions', 'GET', functions, page),
  route('CreateFunction', 'POST', functions, { status: 201 }),
  route('GetFunction', 'GET', one, qualifier),
  route('DeleteFunction', 'DELETE', one, { ...qualifier, status: 204 }),
  route('UpdateFunctionCode', 'PUT', `${one}/code`),
  route('GetFunctionConfiguration', 'GET', `${one}/configuration`, qualifier),
  route('UpdateFunctionConfiguration', 'PUT', `${one}/configuration`),
  route('Invoke', 'POST', `${one}/invocations`, qualifier),
  route('ListVersionsByFunction', 'GET', `${one}/versions`, page),
  route('PublishVersion', 'POST', `${one}/versions`, { status: 201 }),
  route('ListAliases', 'GET', `${one}/aliases`, page),
  route('CreateAlias', 'POST', `${one}/aliases`, { status: 201 }),
  route('GetAlias', 'GET', `${one}/aliases/{Name}`),
  route('UpdateAlias', 'PUT', `${one}/aliases/{Name}`),
  route('DeleteAlias', 'DELETE', `${one}/aliases/{Name}`, { status: 204 }),
  route('GetPolicy', 'GET', `${one}/policy`, qualifier),
  route('AddPermission', 'POST', `${one}/policy`, { ...qualifier, status: 201 }),
  route('RemovePermission', 'DELETE', `${one}/policy/{StatementId}`, {
    query: ['Qualifier', 'RevisionId'],
    status: 204,
  }),
  route('PutFunctionConcurrency', 'PUT', '/2017-10-31/functions/{FunctionName}/concurrency'),
  route('DeleteFunctionConcurrency', 'DELETE', '/2017-10-31/functions/{FunctionName}/concurrency', { status: 204 }),
  route('GetFunctionConcurrency', 'GET', '/2019-09-30/functions/{FunctionName}/concurrency'),
  route('PutFunctionEventInvokeConfig', 'PUT', '/2019-09-25/functions/{FunctionName}/event-invoke-config', qualifier),
  route('GetFunctionEventInvokeConfig', 'GET', '/2019-09-25/functions/{FunctionName}/event-invoke-config', qualifier),
  route('DeleteFunctionEventInvokeConfig', 'DELETE', '/2019-09-25/functions/{FunctionName}/event-invoke-config', {
    ...qualifier,
    status: 204,
  }),
  route('TagResource', 'POST', '/2017-03-31/tags/{Resource}', { status: 204 }),
  route('ListTags', 'GET', '/2017-03-31/tags/{Resource}'),
];

export const isLambdaPath = (path: string): boolean => /^\/20\d\d-\d\d-\d\d\/(functions|tags)(\/|$)/.test(path);

/** REST with JSON bodies, as Lambda speaks it; `Invoke` carries the payload itself as its body. */
export const lambdaProtocol = (request: HttpRequest): Protocol => {
  const found = find(request);
  return {
    read: () => {
      if (!found)
        throw new AwsError('UnknownOperationException', `Unknown operation '${request.method} ${request.path}'.`, {
          status: 404,
        });
      const { route: matched, labels } = found;
      const parameters = Object.fromEntries(
        matched.query.flatMap((name) => {
          const value = request.query.get(name);
          return value === null ? [] : [[name, name === 'MaxItems' ? Number(value) : value]];
        }),
      );
      const input =
        matched.action === 'Invoke'
          ? readInvoke(request)
          : (readBlobs('lambda', readJsonObject(request.body)) as object);
      return { service: 'lambda', action: matched.action, input: { ...input, ...parameters, ...labels } };
    },
    answer: (call, output, requestId) =>
      call.action === 'Invoke'
        ? answerInvoke(output as InvokeAnswer, requestId)
        : respond(found?.route.status ?? 200, requestId, found?.route.status === 204 ? '' : toAwsJson(output)),
    fail: (_call: WireCall | undefined, error: AwsError, requestId: string): HttpResponse =>
      respond(
        error.status,
        requestId,
        toAwsJson({ ...error.fields, Type: error.status < 500 ? 'User' : 'Service', message: error.message }),
        { 'x-amzn-errortype': error.code },
      ),
  };
};

const find = (
  request: HttpRequest,
): { readonly route: Route; readonly labels: Readonly<Record<string, string>> } | undefined => {
  for (const candidate of routes) {
    if (candidate.method !== request.method) continue;
    const match = candidate.path.exec(request.path);
    if (!match) continue;
    const labels = Object.fromEntries(
      candidate.labels.map((label, index) => [label, decodeURIComponent(match[index + 1] as string)]),
    );
    return { route: candidate, labels };
  }
  return undefined;
};

const readInvoke = (request: HttpRequest): object => ({
  InvocationType: request.headers['x-amz-invocation-type'],
  LogType: request.headers['x-amz-log-type'],
  ClientContext: request.headers['x-amz-client-context'],
  Payload: request.body,
});

interface InvokeAnswer {
  readonly StatusCode?: number;
  readonly FunctionError?: string;
  readonly LogResult?: string;
  readonly ExecutedVersion?: string;
  readonly Payload?: Uint8Array;
}

const answerInvoke = (answer: InvokeAnswer, requestId: string): HttpResponse => ({
  status: answer.StatusCode ?? 200,
  headers: {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    ...(answer.FunctionError ? { 'x-amz-function-error': answer.FunctionError } : {}),
    ...(answer.LogResult ? { 'x-amz-log-result': answer.LogResult } : {}),
    ...(answer.ExecutedVersion ? { 'x-amz-executed-version': answer.ExecutedVersion } : {}),
  },
  body: answer.Payload ?? '',
});

const respond = (
  status: number,
  requestId: string,
  body: string,
  headers: Record<string, string> = {},
): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, ...headers },
  body,
});
