import { notModelled } from '../cloud/aws-error.ts';
import { isObject, type JsonObject } from './json.ts';
import { subnetBlocks } from './subnet-blocks.ts';
import { templateError } from './validation-error.ts';

/** What the functions of a template can see. */
export interface Scope {
  readonly stackName: string;
  readonly stackId: string;
  readonly accountId: string;
  readonly region: string;
  readonly parameters: Readonly<Record<string, string | readonly string[]>>;
  readonly mappings: Readonly<Record<string, JsonObject>>;
  readonly condition: (name: string) => boolean;
  /** The value of Ref for a resource. @throws AwsError when there is none. */
  readonly resource: (logicalId: string) => string;
  /** @throws AwsError when the resource has no such attribute. */
  readonly attribute: (logicalId: string, attribute: string) => unknown;
  /** The value of another stack's export. @throws AwsError when nobody exports it. */
  readonly importValue: (name: string) => string;
}

const noValue = Symbol('AWS::NoValue');

/** Availability zones of a region, as accounts see them in us-east-1; other regions have at least three of these. */
const zoneLetters = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Replaces every intrinsic function by its value and drops what is `AWS::NoValue`. @throws AwsError `ValidationError` */
export const resolveIntrinsics = (value: unknown, scope: Scope): unknown => {
  const resolved = resolve(value, scope);
  return resolved === noValue ? undefined : resolved;
};

/** Evaluates an expression of the Conditions or Rules section. */
export const evaluateCondition = (expression: unknown, scope: Scope): boolean => {
  const value = resolve(expression, scope);
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw templateError('every Condition must evaluate to true or false.');
};

const resolve = (value: unknown, scope: Scope): unknown => {
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== noValue);
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  const [key] = keys;
  if (keys.length === 1 && key !== undefined) {
    const evaluate = functions[key];
    if (evaluate) return evaluate(value[key], scope);
    assertKnownFunction(key);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, item]) => [name, resolve(item, scope)] as const)
      .filter(([, item]) => item !== noValue),
  );
};

/** @throws AwsError `NotModelledException` that names a function which is none of those below. */
export const assertKnownFunction = (key: string): void => {
  if (key.startsWith('Fn::') && !functions[key]) throw notModelled(`the template function ${key}`);
};

type Evaluate = (argument: unknown, scope: Scope) => unknown;

const asText = (value: unknown, where: string): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw templateError(`every ${where} must be a string.`);
};

const asList = (value: unknown, where: string): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw templateError(`${where} requires a list.`);
};

/** The parameters of functions that take exactly so many. */
const tuple = (argument: unknown, name: string, ...counts: readonly number[]): readonly unknown[] => {
  if (!Array.isArray(argument) || !counts.includes(argument.length))
    throw templateError(`every ${name} object requires ${counts.join(' or ')} parameters.`);
  return argument;
};

export const pseudoParameters = [
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::NotificationARNs',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
];

const ref: Evaluate = (argument, scope) => {
  const name = asText(argument, 'Ref object');
  switch (name) {
    case 'AWS::AccountId':
      return scope.accountId;
    case 'AWS::NoValue':
      return noValue;
    case 'AWS::NotificationARNs':
      return [];
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::Region':
      return scope.region;
    case 'AWS::StackId':
      return scope.stackId;
    case 'AWS::StackName':
      return scope.stackName;
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    default:
      return Object.hasOwn(scope.parameters, name) ? scope.parameters[name] : scope.resource(name);
  }
};

/** Both forms: `["Resource", "Attribute"]` and `"Resource.Attribute"`. */
export const attributeReference = (argument: unknown): readonly [logicalId: string, attribute: unknown] => {
  if (typeof argument === 'string' && argument.includes('.')) {
    const dot = argument.indexOf('.');
    return [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  if (Array.isArray(argument) && argument.length === 2 && typeof argument[0] === 'string')
    return [argument[0], argument[1]];
  throw templateError(
    'every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
  );
};

const getAtt: Evaluate = (argument, scope) => {
  const [logicalId, attribute] = attributeReference(argument);
  return scope.attribute(logicalId, asText(resolve(attribute, scope), 'Fn::GetAtt attribute'));
};

/** Finds `${Name}`, `${Name.Attribute}` and the escaped `${!Literal}`. */
export const substitutionPattern = /\$\{(!?)([^}]+)\}/g;

export const substitutionArguments = (argument: unknown): readonly [text: string, variables: JsonObject] => {
  if (typeof argument === 'string') return [argument, {}];
  const [text, variables] = tuple(argument, 'Fn::Sub', 2);
  if (typeof text !== 'string' || !isObject(variables))
    throw templateError(
      "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
    );
  return [text, variables];
};

const sub: Evaluate = (argument, scope) => {
  const [text, variables] = substitutionArguments(argument);
  return text.replace(substitutionPattern, (_, escaped: string, name: string) => {
    if (escaped) return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return asText(resolve(variables[name], scope), 'Fn::Sub variable');
    const value = name.includes('.') ? getAtt(name, scope) : ref(name, scope);
    return asText(value, 'Fn::Sub variable');
  });
};

const join: Evaluate = (argument, scope) => {
  const [separator, items] = tuple(argument, 'Fn::Join', 2);
  if (typeof separator !== 'string')
    throw templateError(
      'every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
    );
  return asList(resolve(items, scope), 'Fn::Join')
    .map((item) => asText(item, 'Fn::Join item'))
    .join(separator);
};

const select: Evaluate = (argument, scope) => {
  const [position, items] = tuple(argument, 'Fn::Select', 2);
  const index = Number(resolve(position, scope));
  const list = asList(resolve(items, scope), 'Fn::Select');
  if (!Number.isInteger(index) || index < 0 || index >= list.length)
    throw templateError(`Fn::Select cannot select nonexistent value at index ${index}`);
  return list[index];
};

const split: Evaluate = (argument, scope) => {
  const [separator, text] = tuple(argument, 'Fn::Split', 2);
  return asText(resolve(text, scope), 'Fn::Split source').split(asText(separator, 'Fn::Split delimiter'));
};

const findInMap: Evaluate = (argument, scope) => {
  const [map, first, second] = tuple(argument, 'Fn::FindInMap', 3).map((item) =>
    asText(resolve(item, scope), 'Fn::FindInMap parameter'),
  ) as [string, string, string];
  const level = scope.mappings[map]?.[first];
  const found = isObject(level) ? level[second] : undefined;
  if (found === undefined) throw templateError(`Unable to get mapping for ${map}::${first}::${second}`);
  return found;
};

const getAzs: Evaluate = (argument, scope) => {
  const region = asText(resolve(argument, scope), 'Fn::GetAZs region') || scope.region;
  return zoneLetters.map((letter) => `${region}${letter}`);
};

const cidr: Evaluate = (argument, scope) => {
  const [block, count, bits] = tuple(argument, 'Fn::Cidr', 2, 3).map((item) => resolve(item, scope));
  return subnetBlocks(asText(block, 'Fn::Cidr block'), Number(count), bits === undefined ? undefined : Number(bits));
};

const choose: Evaluate = (argument, scope) => {
  const [condition, whenTrue, whenFalse] = tuple(argument, 'Fn::If', 3);
  return resolve(scope.condition(asText(condition, 'Fn::If condition')) ? whenTrue : whenFalse, scope);
};

const equal: Evaluate = (argument, scope) => {
  const [left, right] = tuple(argument, 'Fn::Equals', 2).map((item) => resolve(item, scope));
  const text = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  return text(left) === text(right);
};

const contains: Evaluate = (argument, scope) => {
  const [list, wanted] = tuple(argument, 'Fn::Contains', 2).map((item) => resolve(item, scope));
  return asList(list, 'Fn::Contains').includes(wanted);
};

const functions: Readonly<Record<string, Evaluate>> = {
  Ref: ref,
  Condition: (argument, scope) => scope.condition(asText(argument, 'Condition')),
  'Fn::And': (argument, scope) => asList(argument, 'Fn::And').every((item) => evaluateCondition(item, scope)),
  'Fn::Base64': (argument, scope) =>
    Buffer.from(asText(resolve(argument, scope), 'Fn::Base64 value')).toString('base64'),
  'Fn::Cidr': cidr,
  'Fn::Contains': contains,
  'Fn::EachMemberIn': (argument, scope) => {
    const [members, allowed] = tuple(argument, 'Fn::EachMemberIn', 2).map((item) =>
      asList(resolve(item, scope), 'Fn::EachMemberIn'),
    );
    return (members as readonly unknown[]).every((member) => (allowed as readonly unknown[]).includes(member));
  },
  'Fn::Equals': equal,
  'Fn::FindInMap': findInMap,
  'Fn::GetAtt': getAtt,
  'Fn::GetAZs': getAzs,
  'Fn::If': choose,
  'Fn::ImportValue': (argument, scope) => scope.importValue(asText(resolve(argument, scope), 'Fn::ImportValue name')),
  'Fn::Join': join,
  'Fn::Not': (argument, scope) => !evaluateCondition(tuple(argument, 'Fn::Not', 1)[0], scope),
  'Fn::Or': (argument, scope) => asList(argument, 'Fn::Or').some((item) => evaluateCondition(item, scope)),
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::Sub': sub,
};
