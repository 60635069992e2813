import type { Parameter } from '@aws-sdk/client-cloudformation';
import type { Template } from './template.ts';
import { validationError } from './validation-error.ts';

/** What a stack's parameters were given and what they stand for. */
export interface ResolvedParameters {
  /** As given or by default; for SSM types the name of the parameter. */
  readonly given: Readonly<Record<string, string>>;
  /** What Ref answers. */
  readonly values: Readonly<Record<string, string | readonly string[]>>;
}

/** Reads a parameter of Parameter Store; undefined when there is none. */
export type ReadSsmParameter = (name: string) => Promise<string | undefined>;

const ssmValue = /^AWS::SSM::Parameter::Value<(.+)>$/;

const isList = (type: string): boolean => type === 'CommaDelimitedList' || type.startsWith('List<');

/**
 * CDK templates ask for the version of the account's bootstrap stack. The local account counts as bootstrapped, since
 * nothing of a bootstrap stack is needed here: assets are read from the folder that synthesis wrote.
 */
const bootstrapParameter = /^\/cdk-bootstrap\/[^/]+\/version$/;
const bootstrapVersion = '30';

/** @throws AwsError `ValidationError` with CloudFormation's sentences. */
export const resolveParameters = async (
  template: Template,
  input: readonly Parameter[],
  previous: ResolvedParameters | undefined,
  readSsmParameter: ReadSsmParameter,
): Promise<ResolvedParameters> => {
  const unknown = input.map((parameter) => parameter.ParameterKey ?? '').filter((key) => !template.parameters[key]);
  if (unknown.length > 0) throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const given: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, declaration] of Object.entries(template.parameters)) {
    const stated = input.find((parameter) => parameter.ParameterKey === name);
    const value = stated?.UsePreviousValue
      ? previous?.given[name]
      : (stated?.ParameterValue ?? (declaration.Default === undefined ? undefined : String(declaration.Default)));
    if (value === undefined) missing.push(name);
    else given[name] = value;
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  const values: Record<string, string | readonly string[]> = {};
  const unfetched: string[] = [];
  for (const [name, text] of Object.entries(given)) {
    const type = template.parameters[name]?.Type ?? 'String';
    const inner = ssmValue.exec(type)?.[1];
    if (inner === undefined) {
      checkConstraints(template, name, text);
      values[name] = isList(type) ? splitList(text) : text;
      continue;
    }
    const stored = (await readSsmParameter(text)) ?? (bootstrapParameter.test(text) ? bootstrapVersion : undefined);
    if (stored === undefined) unfetched.push(text);
    else values[name] = isList(inner) ? splitList(stored) : stored;
  }
  if (unfetched.length > 0)
    throw validationError(`Unable to fetch parameters [${unfetched.join(',')}] from parameter store for this account.`);
  return { given, values };
};

const splitList = (text: string): readonly string[] => (text === '' ? [] : text.split(',').map((item) => item.trim()));

const checkConstraints = (template: Template, name: string, text: string): void => {
  const declaration = template.parameters[name];
  if (!declaration) return;
  const texts = isList(declaration.Type) ? splitList(text) : [text];
  const fail = (constraint: string): never => {
    throw validationError(
      `Parameter ${name} failed to satisfy constraint: ${declaration.ConstraintDescription ?? constraint}`,
    );
  };
  for (const value of texts) {
    if (declaration.Type === 'Number' && (value.trim() === '' || Number.isNaN(Number(value))))
      throw validationError(`Parameter '${name}' must be a number.`);
    if (declaration.AllowedValues && !declaration.AllowedValues.map(String).includes(value))
      throw validationError(`Parameter '${name}' must be one of AllowedValues`);
    if (declaration.AllowedPattern && !new RegExp(`^(?:${declaration.AllowedPattern})$`).test(value))
      fail(`Parameter ${name} must match pattern ${declaration.AllowedPattern}`);
    if (declaration.MinLength !== undefined && value.length < Number(declaration.MinLength))
      fail(`Parameter value must contain at least ${declaration.MinLength} characters`);
    if (declaration.MaxLength !== undefined && value.length > Number(declaration.MaxLength))
      fail(`Parameter value must contain at most ${declaration.MaxLength} characters`);
    if (declaration.MinValue !== undefined && Number(value) < Number(declaration.MinValue))
      fail(`Parameter value must be a number not less than ${declaration.MinValue}`);
    if (declaration.MaxValue !== undefined && Number(value) > Number(declaration.MaxValue))
      fail(`Parameter value must be a number not greater than ${declaration.MaxValue}`);
  }
};
