import { createRequire } from 'node:module';
import type { ServiceName } from '../../simulator/cloud/service.ts';

/**
 * Checks values against the service models as the JavaScript SDK carries them: every operation and every error is
 * exported as a schema, an array whose first element tells its kind.
 */

/** Clients are loaded when the first call of their service is checked: each takes tens of milliseconds. */
const packages: Readonly<Record<ServiceName, string>> = {
  cloudformation: '@aws-sdk/client-cloudformation',
  cloudwatch: '@aws-sdk/client-cloudwatch',
  codepipeline: '@aws-sdk/client-codepipeline',
  dynamodb: '@aws-sdk/client-dynamodb',
  ec2: '@aws-sdk/client-ec2',
  ecr: '@aws-sdk/client-ecr',
  ecs: '@aws-sdk/client-ecs',
  elasticloadbalancing: '@aws-sdk/client-elastic-load-balancing-v2',
  events: '@aws-sdk/client-eventbridge',
  iam: '@aws-sdk/client-iam',
  lambda: '@aws-sdk/client-lambda',
  logs: '@aws-sdk/client-cloudwatch-logs',
  secretsmanager: '@aws-sdk/client-secrets-manager',
  servicequotas: '@aws-sdk/client-service-quotas',
  sns: '@aws-sdk/client-sns',
  sqs: '@aws-sdk/client-sqs',
  ssm: '@aws-sdk/client-ssm',
  states: '@aws-sdk/client-sfn',
  sts: '@aws-sdk/client-sts',
};

const require = createRequire(import.meta.url);

const loaded = new Map<ServiceName, Readonly<Record<string, unknown>>>();

const exportOf = (service: ServiceName, name: string): unknown => {
  const exports = loaded.get(service) ?? (require(packages[service]) as Readonly<Record<string, unknown>>);
  loaded.set(service, exports);
  return exports[`${name}$`];
};

/** The service whose client a package is. */
export const serviceOfPackage = (client: string): ServiceName | undefined =>
  (Object.keys(packages) as ServiceName[]).find((service) => packages[service] === client);

type Schema = number | string | readonly unknown[] | (() => Schema);

// The kinds of schemas (static-schemas.d.ts and the sentinels of @smithy/core/schema).
const listKind = 1;
const mapKind = 2;
const structureKind = 3;
const unionKind = 4;
const operationKind = 9;
const errorKind = -3;
const listFlag = 64;
const mapFlag = 128;

export type Direction = 'input' | 'output';

/** Where a value differs from the shape of an action's input or answer; nothing when it agrees. */
export const mismatches = (
  service: ServiceName,
  action: string,
  direction: Direction,
  value: unknown,
): readonly string[] => {
  const operation = exportOf(service, action);
  if (!Array.isArray(operation) || operation[0] !== operationKind)
    return [`${service}:${action} is no operation of the service's model`];
  const leftOut = direction === 'output' ? (leftOutByAws[`${service}:${action}`] ?? []) : [];
  return compare(operation[direction === 'input' ? 4 : 5], value, '', direction)
    .filter((text) => !leftOut.some((name) => text === missing(name)))
    .map((text) => `${service}:${action}, ${direction}: ${text}`);
};

/** Names of the members of an action's input; none for an action that the model does not have. */
export const inputMembers = (service: ServiceName, action: string): readonly string[] => {
  const operation = exportOf(service, action);
  const input = Array.isArray(operation) && operation[0] === operationKind ? bare(operation[4] as Schema) : undefined;
  return Array.isArray(input) ? (input[4] as readonly string[]) : [];
};

/** Members that a model requires and AWS leaves out when they are empty (recorded, and github.com/aws/aws-sdk/issues/657). */
const leftOutByAws: Readonly<Record<string, readonly string[]>> = {
  'sqs:ChangeMessageVisibilityBatch': ['Failed', 'Successful'],
  'sqs:DeleteMessageBatch': ['Failed', 'Successful'],
  'sqs:SendMessageBatch': ['Failed', 'Successful'],
};

/** Codes that services answer without naming them in their models ("common errors" of each API reference), and our own. */
const commonErrors: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'MalformedInputException',
  'NotModelledException',
  'SerializationException',
  'ThrottlingException',
  'UnknownOperationException',
  'ValidationError',
  'ValidationException',
  // EC2 names its errors in its guide (errors-overview), none in its model.
  'ec2:InvalidParameterValue',
  'ec2:InvalidSubnet.Range',
  'ec2:InvalidSubnetID.NotFound',
  'ec2:UnauthorizedOperation',
  // Recorded from SQS, whose model has no such shape.
  'sqs:InvalidParameterValueException',
]);

/** Statuses that AWS answers although its model says another. */
const otherStatuses: Readonly<Record<string, number>> = {
  // Logs of Go clients read "AccessDeniedException: … status code: 400" and "ParameterNotFound: status code: 400".
  'ecs:AccessDeniedException': 400,
  'ssm:ParameterNotFound': 400,
};

/** Where an error differs from its shape in the service's model: its name, its status, the members beside the message. */
export const errorMismatches = (
  service: ServiceName,
  action: string,
  error: {
    readonly code: string;
    readonly message: string;
    readonly status: number;
    readonly fields: Readonly<Record<string, unknown>>;
  },
): readonly string[] => {
  const shape = errorShape(service, error.code);
  const at = `${service}:${action}, error ${error.code}`;
  if (!shape) {
    const isCommon = commonErrors.has(error.code) || commonErrors.has(`${service}:${error.code}`);
    return isCommon ? [] : [`${at}: no error of the service's model`];
  }
  const message = (shape[4] as readonly string[]).find((name) => name.toLowerCase() === 'message');
  const value = { ...(message ? { [message]: error.message } : {}), ...error.fields };
  const { awsQueryError, httpError } = traitsOf(shape);
  const status = otherStatuses[`${service}:${error.code}`] ?? httpError ?? awsQueryError?.[1];
  return [
    ...compare(shape, value, '', 'output'),
    ...(status !== undefined && error.status !== status
      ? [`the status must be ${status}, but is ${error.status}`]
      : []),
  ].map((text) => `${at}: ${text}`);
};

/** By the shape's name, or by the code that the query protocol has in its place (`NoSuchEntity`). */
const errorShape = (service: ServiceName, code: string): readonly unknown[] | undefined => {
  const byName = exportOf(service, code);
  if (isError(byName)) return byName;
  const longer = exportOf(service, `${code}Exception`);
  return isError(longer) && traitsOf(longer).awsQueryError?.[0] === code ? longer : undefined;
};

const isError = (schema: unknown): schema is readonly unknown[] => Array.isArray(schema) && schema[0] === errorKind;

interface ErrorTraits {
  readonly awsQueryError?: readonly [code: string, status: number];
  readonly httpError?: number;
}

const traitsOf = (schema: readonly unknown[]): ErrorTraits =>
  typeof schema[3] === 'object' && schema[3] !== null ? schema[3] : {};

const agrees: readonly string[] = [];

const compare = (given: unknown, value: unknown, path: string, direction: Direction): readonly string[] => {
  const schema = bare(given as Schema);
  if (schema === 'unit') return compareStructure([], [], 0, value, path, direction);
  if (typeof schema === 'number') return compareSimple(schema, value, path, direction);
  const [kind, , , , first, second, required = 0] = schema as readonly unknown[];
  switch (kind) {
    case listKind:
      return compareList(first, value, path, direction);
    case mapKind:
      return compareMap(second, value, path, direction);
    case structureKind:
    case errorKind:
      return compareStructure(first as string[], second as unknown[], required as number, value, path, direction);
    case unionKind:
      return [
        ...compareStructure(first as string[], second as unknown[], 0, value, path, direction),
        ...(isObject(value) && presentKeys(value).length !== 1
          ? say(path, `is a union and must have one member, but has ${presentKeys(value).length}`)
          : agrees),
      ];
    default:
      // A named simple type: its own traits around a simple schema.
      return compare(first, value, path, direction);
  }
};

/** Without laziness and without the traits of a member, which come as a pair of schema and traits. */
const bare = (given: Schema): number | string | readonly unknown[] => {
  if (typeof given === 'function') return bare(given());
  if (Array.isArray(given) && given.length === 2) return bare(given[0] as Schema);
  return given as number | string | readonly unknown[];
};

const compareSimple = (schema: number, value: unknown, path: string, direction: Direction): readonly string[] => {
  if (schema >= mapFlag) return compareMap(schema & (listFlag - 1), value, path, direction);
  if (schema >= listFlag) return compareList(schema & (listFlag - 1), value, path, direction);
  const [isRight, expected] = simpleTypes[schema] ?? [];
  if (!isRight) throw new Error(`unknown kind of schema: ${schema}`);
  // On the way in, times also come as epoch seconds or text, as the wire brings them.
  const isWireTime =
    direction === 'input' && expected === 'a Date' && (typeof value === 'number' || typeof value === 'string');
  return isRight(value) || isWireTime ? agrees : say(path, `must be ${expected}, but is ${describe(value)}`);
};

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isDate = (value: unknown): boolean => value instanceof Date && !Number.isNaN(value.getTime());
const isBytes = (value: unknown): boolean => value instanceof Uint8Array;

const simpleTypes: Readonly<Record<number, readonly [(value: unknown) => boolean, string]>> = {
  0: [(value) => typeof value === 'string', 'a string'],
  1: [isNumber, 'a number'],
  2: [(value) => typeof value === 'boolean', 'a boolean'],
  4: [isDate, 'a Date'],
  5: [isDate, 'a Date'],
  6: [isDate, 'a Date'],
  7: [isDate, 'a Date'],
  15: [() => true, 'anything'],
  17: [isNumber, 'a number'],
  19: [isNumber, 'a number'],
  21: [isBytes, 'a Uint8Array'],
  42: [isBytes, 'a Uint8Array'],
};

const compareList = (member: unknown, value: unknown, path: string, direction: Direction): readonly string[] =>
  Array.isArray(value)
    ? value.flatMap((item, index) => compare(member, item, `${path}[${index}]`, direction))
    : say(path, `must be a list, but is ${describe(value)}`);

const compareMap = (member: unknown, value: unknown, path: string, direction: Direction): readonly string[] =>
  isObject(value)
    ? presentKeys(value).flatMap((key) => compare(member, value[key], `${path}.${key}`, direction))
    : say(path, `must be a map, but is ${describe(value)}`);

/** `required` of the members, the first ones, must be there. */
const compareStructure = (
  names: readonly string[],
  members: readonly unknown[],
  required: number,
  value: unknown,
  path: string,
  direction: Direction,
): readonly string[] => {
  if (!isObject(value)) return say(path, `must be a structure, but is ${describe(value)}`);
  const absent = names.slice(0, required).filter((name) => value[name] === undefined);
  const wrong = presentKeys(value).flatMap((name) => {
    const index = names.indexOf(name);
    if (index === -1) return say(`${path}.${name}`, 'is no member of the shape');
    return compare(members[index], value[name], `${path}.${name}`, direction);
  });
  return [...absent.map((name) => missing(`${path}.${name}`.slice(1))), ...wrong];
};

const missing = (path: string): string => `${path} is required, but missing`;

const say = (path: string, text: string): readonly string[] => [`${path.replace(/^\./, '') || 'the whole'} ${text}`];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isDate(value) && !isBytes(value);

const presentKeys = (value: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.keys(value).filter((name) => value[name] !== undefined);

const describe = (value: unknown): string => {
  if (value instanceof Date) return `a Date (${value.getTime()})`;
  if (Array.isArray(value)) return 'a list';
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? 'an object' : JSON.stringify(value);
};
