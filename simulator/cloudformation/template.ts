import { notModelled } from '../cloud/aws-error.ts';
import { isObject, type JsonObject } from './json.ts';
import { formatError, templateError, validationError } from './validation-error.ts';

export interface ParameterDeclaration {
  readonly Type: string;
  readonly Default?: string | number;
  readonly AllowedValues?: readonly (string | number)[];
  readonly AllowedPattern?: string;
  readonly ConstraintDescription?: string;
  readonly MinLength?: number | string;
  readonly MaxLength?: number | string;
  readonly MinValue?: number | string;
  readonly MaxValue?: number | string;
  readonly NoEcho?: boolean;
  readonly Description?: string;
}

export interface ResourceDeclaration {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly Metadata?: JsonObject;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface OutputDeclaration {
  readonly Value: unknown;
  readonly Description?: string;
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

export interface Template {
  /** As it was given. */
  readonly body: string;
  readonly description: string | undefined;
  readonly parameters: Readonly<Record<string, ParameterDeclaration>>;
  readonly rules: Readonly<Record<string, JsonObject>>;
  readonly mappings: Readonly<Record<string, JsonObject>>;
  readonly conditions: JsonObject;
  readonly resources: Readonly<Record<string, ResourceDeclaration>>;
  readonly outputs: Readonly<Record<string, OutputDeclaration>>;
}

const sections = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Transform',
  'Resources',
  'Outputs',
]);

const attributes = new Set([
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'Metadata',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'CreationPolicy',
  'UpdatePolicy',
  'Description',
]);

const deletionPolicies = ['Delete', 'Retain', 'Snapshot', 'RetainExceptOnCreate'];

/**
 * Reads a template, given as JSON text or parsed.
 * @throws AwsError `ValidationError` for a malformed template, `NotModelledException` for YAML and macros.
 */
export const loadTemplate = (source: string | JsonObject): Template => {
  const known = typeof source === 'object' ? loaded.get(source) : undefined;
  if (known) return known;
  const template = readTemplate(source);
  if (typeof source === 'object' && Object.isFrozen(source)) loaded.set(source, template);
  return template;
};

/** Templates that are frozen, to the ground, are read once for all the worlds that deploy them. */
const loaded = new WeakMap<JsonObject, Template>();

const readTemplate = (source: string | JsonObject): Template => {
  const body = typeof source === 'string' ? source : JSON.stringify(source);
  const parsed = typeof source === 'string' ? parse(source) : source;
  const unknown = Object.keys(parsed).filter((key) => !sections.has(key));
  if (unknown.length > 0) throw validationError(`Invalid template property or properties [${unknown.join(', ')}]`);
  if (parsed.Transform !== undefined) throw notModelled(`the template's Transform ${JSON.stringify(parsed.Transform)}`);
  const resources = section<ResourceDeclaration>(parsed, 'Resources');
  if (Object.keys(resources).length === 0) throw formatError('At least one Resources member must be defined.');
  for (const [logicalId, resource] of Object.entries(resources)) checkResource(logicalId, resource);
  for (const [name, parameter] of Object.entries(section<JsonObject>(parsed, 'Parameters'))) {
    if (typeof parameter.Type !== 'string')
      throw formatError(`Every Parameters object must contain a Type member. [${name}]`);
  }
  for (const [name, output] of Object.entries(section<JsonObject>(parsed, 'Outputs'))) {
    if (output.Value === undefined)
      throw formatError(`Output ${name} is malformed. Every Outputs member must contain a Value object`);
  }
  return {
    body,
    description: typeof parsed.Description === 'string' ? parsed.Description : undefined,
    parameters: section(parsed, 'Parameters'),
    rules: section(parsed, 'Rules'),
    mappings: section(parsed, 'Mappings'),
    conditions: section(parsed, 'Conditions'),
    resources,
    outputs: section(parsed, 'Outputs'),
  };
};

const parse = (text: string): JsonObject => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    if (!text.trimStart().startsWith('{')) throw notModelled('templates in YAML; give the template as JSON');
    throw formatError(`JSON not well-formed. (${(error as Error).message})`);
  }
  if (!isObject(parsed)) throw formatError('unsupported structure.');
  return parsed;
};

const section = <Member>(template: JsonObject, name: string): Readonly<Record<string, Member>> => {
  const found = template[name] ?? {};
  if (!isObject(found)) throw formatError(`${name} must be an object.`);
  for (const [key, member] of Object.entries(found)) {
    if (!isObject(member)) throw formatError(`Every ${name} member must be an object. [${key}]`);
  }
  return found as Readonly<Record<string, Member>>;
};

const checkResource = (logicalId: string, resource: ResourceDeclaration): void => {
  if (!/^[A-Za-z0-9]{1,255}$/.test(logicalId)) throw formatError(`Resource name ${logicalId} is non alphanumeric.`);
  const unknown = Object.keys(resource).filter((key) => !attributes.has(key));
  if (unknown.length > 0) throw validationError(`Invalid template resource property '${unknown[0]}'`);
  if (typeof resource.Type !== 'string')
    throw formatError(`[/Resources/${logicalId}] Every Resources object must contain a Type member.`);
  for (const policy of [resource.DeletionPolicy, resource.UpdateReplacePolicy]) {
    if (policy !== undefined && !deletionPolicies.includes(policy))
      throw templateError(`Unrecognized DeletionPolicy ${policy} for resource ${logicalId}`);
  }
  if (hasNull(resource.Properties))
    throw validationError(`[/Resources/${logicalId}/Properties] 'null' values are not allowed in templates`);
};

const hasNull = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && value !== undefined && Object.values(value).some(hasNull));
