import { AwsError, notModelled } from '../cloud/aws-error.ts';
import type { ServiceName } from '../cloud/service.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import type { Protocol } from './protocol.ts';
import { readBlobs } from './service-shapes.ts';
import { xmlText } from './xml-text.ts';

interface QueryService {
  readonly service: ServiceName;
  readonly namespace: string;
  /** Members that are numbers, and those that are booleans: a form body holds only text. */
  readonly numbers: ReadonlySet<string>;
  readonly booleans: ReadonlySet<string>;
  /** Structures whose members stay text although another structure has a number of the same name. */
  readonly textInside?: ReadonlySet<string>;
  /** Maps in answers, whose pairs XML writes as entries of key and value. */
  readonly maps?: ReadonlySet<string>;
  /** Whether error codes lack the suffix that the shapes' names have (`NoSuchEntity` for `NoSuchEntityException`). */
  readonly shortCodes?: true;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** By `Version`, which no two of the services share. */
const services: Readonly<Record<string, QueryService>> = {
  '2011-06-15': {
    service: 'sts',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    numbers: words('DurationSeconds'),
    booleans: words(''),
  },
  '2010-05-15': {
    service: 'cloudformation',
    namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    numbers: words('TimeoutInMinutes MonitoringTimeInMinutes MaxResults'),
    booleans: words(
      'DisableRollback UsePreviousTemplate UsePreviousValue EnableTerminationProtection RetainExceptOnCreate IncludeNestedStacks ImportExistingResources',
    ),
  },
  '2015-12-01': {
    service: 'elasticloadbalancing',
    namespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    numbers: words(
      'Port HealthCheckIntervalSeconds HealthCheckTimeoutSeconds HealthyThresholdCount UnhealthyThresholdCount Priority PageSize Weight DurationSeconds Order',
    ),
    booleans: words('HealthCheckEnabled Enabled'),
    textInside: words('RedirectConfig'),
    shortCodes: true,
  },
  '2010-05-08': {
    service: 'iam',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    numbers: words('MaxItems MaxSessionDuration'),
    booleans: words('SetAsDefault OnlyAttached'),
    shortCodes: true,
  },
  '2010-03-31': {
    service: 'sns',
    namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    numbers: words(''),
    booleans: words('ReturnSubscriptionArn'),
    maps: words('Attributes'),
    shortCodes: true,
  },
  '2010-08-01': {
    service: 'cloudwatch',
    namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
    numbers: words(
      'Period EvaluationPeriods DatapointsToAlarm Threshold Value Values Counts SampleCount Sum Minimum Maximum StorageResolution MaxRecords MaxDatapoints',
    ),
    booleans: words('ActionsEnabled ReturnData EnforcementMode'),
    textInside: words('Dimensions Dimension Tags'),
  },
};

/** The services that answer the query protocol, each in one version of its API. */
export const queryVersions: readonly { readonly service: ServiceName; readonly version: string }[] = Object.entries(
  services,
).map(([version, { service }]) => ({ service, version }));

const textFormats = /^(application\/x-www-form-urlencoded)/;

/** Whether a request speaks the AWS query protocol: `Action` and `Version` in a form body or in the query. */
export const isQueryRequest = (request: HttpRequest): boolean =>
  textFormats.test(request.headers['content-type'] ?? '') || request.query.has('Action');

/** The AWS query protocol: a form in, XML out. */
export const queryProtocol = (request: HttpRequest): Protocol => {
  const form = textFormats.test(request.headers['content-type'] ?? '')
    ? new URLSearchParams(Buffer.from(request.body).toString('utf8'))
    : request.query;
  const action = form.get('Action') ?? '';
  const version = form.get('Version') ?? '';
  const service = services[version];
  return {
    read: () => {
      if (!service) throw notModelled(`the query protocol of API version '${version}' (action '${action}')`);
      return { service: service.service, action, input: readBlobs(service.service, readForm(service, form)) };
    },
    answer: (_call, output, requestId) => {
      return respond(
        200,
        requestId,
        `<${action}Response xmlns="${service?.namespace ?? ''}">` +
          // Clients look for the wrapper of the result also where there is nothing in it.
          `<${action}Result>${xmlMembers(output as Record<string, unknown>, service?.maps)}</${action}Result>` +
          `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
      );
    },
    fail: (_call, error, requestId) =>
      respond(
        error.status,
        requestId,
        `<ErrorResponse xmlns="${service?.namespace ?? ''}"><Error><Type>${error.status < 500 ? 'Sender' : 'Receiver'}</Type>` +
          `<Code>${xmlText(queryCode(error, service))}</Code><Message>${xmlText(error.message)}</Message>` +
          `${xmlMembers(error.fields)}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      ),
  };
};

const respond = (status: number, requestId: string, body: string): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  body,
});

/** Codes that every query service shortens, whatever it does with its own. */
const commonCodes: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  ValidationException: 'ValidationError',
  ThrottlingException: 'Throttling',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
};

const queryCode = (error: AwsError, service: QueryService | undefined): string =>
  error.queryCode ??
  commonCodes[error.code] ??
  (service?.shortCodes && error.code !== 'NotModelledException' ? error.code.replace(/Exception$/, '') : error.code);

// Reading. `Parameters.member.1.ParameterKey=a` is a list of structures, `Tags.entry.1.key=a` a map.

type Node = { text?: string; children?: Map<string, Node> };

const readForm = (service: QueryService, form: URLSearchParams): Record<string, unknown> => {
  const root: Node = { children: new Map() };
  for (const [key, text] of form) {
    if (key === 'Action' || key === 'Version') continue;
    let node = root;
    for (const step of key.split('.')) {
      node.children ??= new Map();
      let child = node.children.get(step);
      if (!child) {
        child = {};
        node.children.set(step, child);
      }
      node = child;
    }
    node.text = text;
  }
  return structure(service, root, []) as Record<string, unknown>;
};

const structure = (service: QueryService, node: Node, path: readonly string[]): unknown => {
  const { children } = node;
  if (!children) return scalar(service, node.text ?? '', path);
  const keys = [...children.keys()];
  if (keys.length > 0 && keys.every((key) => /^\d+$/.test(key))) {
    return [...children]
      .toSorted(([a], [b]) => Number(a) - Number(b))
      .map(([, child]) => structure(service, child, path));
  }
  const [only] = keys;
  if (keys.length === 1 && (only === 'member' || only === 'entry')) {
    const inner = structure(service, children.get(only) as Node, path);
    if (only === 'member' || !Array.isArray(inner)) return inner === '' ? [] : inner;
    return Object.fromEntries(
      inner.map((pair: { key?: string; Key?: string; Name?: string; value?: unknown; Value?: unknown }) => [
        pair.key ?? pair.Key ?? pair.Name,
        pair.value ?? pair.Value,
      ]),
    );
  }
  return Object.fromEntries([...children].map(([key, child]) => [key, structure(service, child, [...path, key])]));
};

const scalar = (service: QueryService, text: string, path: readonly string[]): unknown => {
  const name = path.at(-1) ?? '';
  if (path.slice(0, -1).some((step) => service.textInside?.has(step))) return text;
  if (service.booleans.has(name) && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (service.numbers.has(name)) {
    const number = Number(text);
    if (text === '' || Number.isNaN(number))
      throw new AwsError('MalformedInputException', `${name} must be a number, but is '${text}'.`);
    return number;
  }
  return text;
};

// Writing.

const xmlMembers = (value: Readonly<Record<string, unknown>>, maps?: ReadonlySet<string>): string =>
  Object.entries(value)
    .map(([name, member]) =>
      maps?.has(name) ? `<${name}>${xmlEntries(member as object)}</${name}>` : xmlElement(name, member),
    )
    .join('');

const xmlEntries = (map: object): string =>
  Object.entries(map)
    .map(([key, value]) => `<entry>${xmlElement('key', key)}${xmlElement('value', value)}</entry>`)
    .join('');

const xmlElement = (name: string, value: unknown): string => {
  if (value === undefined || value === null) return '';
  return `<${name}>${xmlContent(value)}</${name}>`;
};

const xmlContent = (value: unknown): string => {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((item) => xmlElement('member', item)).join('');
  if (typeof value === 'object' && value !== null) return xmlMembers(value as Record<string, unknown>);
  return xmlText(String(value));
};
