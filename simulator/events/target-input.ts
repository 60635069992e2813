import type { Target } from '@aws-sdk/client-eventbridge';
import { AwsError } from '../cloud/aws-error.ts';

/** What a target's input is made from. */
export interface Matched {
  /** The whole event, as JSON. */
  readonly eventJson: string;
  readonly ruleArn: string;
  readonly ruleName: string;
  /** When the bus received the event. */
  readonly ingestedAt: string;
}

const placeholder = /<([A-Za-z0-9_.-]+)>/g;

const reserved: Readonly<Record<string, (matched: Matched) => unknown>> = {
  'aws.events.rule-arn': (matched) => matched.ruleArn,
  'aws.events.rule-name': (matched) => matched.ruleName,
  'aws.events.event.ingestion-time': (matched) => matched.ingestedAt,
  'aws.events.event': (matched) => {
    const { detail: _, ...rest } = JSON.parse(matched.eventJson) as Record<string, unknown>;
    return rest;
  },
  'aws.events.event.json': (matched) => JSON.parse(matched.eventJson) as unknown,
};

/** What AWS checks of a target's input when the target is put. @throws AwsError `ValidationException` */
export const validateTargetInput = (target: Target): void => {
  const given = [target.Input, target.InputPath, target.InputTransformer].filter((member) => member !== undefined);
  if (given.length > 1)
    throw new AwsError(
      'ValidationException',
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${target.Id}.`,
    );
  if (target.InputPath !== undefined && !isPath(target.InputPath)) throw invalidPath(target.InputPath, target.Id);
  if (target.Input !== undefined && !isJson(target.Input))
    throw new AwsError('ValidationException', `JSON syntax error in input for target ${target.Id}.`);
  const transformer = target.InputTransformer;
  if (!transformer) return;
  const paths = transformer.InputPathsMap ?? {};
  for (const [name, path] of Object.entries(paths)) {
    if (/^aws\./i.test(name)) throw new AwsError('ValidationException', `The name ${name} is reserved.`);
    if (!isPath(path)) throw invalidPath(path, target.Id);
  }
  for (const [, name = ''] of (transformer.InputTemplate ?? '').matchAll(placeholder)) {
    if (!Object.hasOwn(paths, name) && !Object.hasOwn(reserved, name))
      throw new AwsError(
        'ValidationException',
        `InputTemplate for target ${target.Id} contains invalid placeholder ${name}.`,
      );
  }
};

const invalidPath = (path: string, id: string | undefined): AwsError =>
  new AwsError('ValidationException', `Invalid InputPath or InputPathsMap value '${path}' for target ${id}.`);

/** The text that a target receives. It need not be valid JSON: a template can make anything. */
export const targetInput = (target: Target, matched: Matched): string => {
  if (target.Input !== undefined) return target.Input;
  if (target.InputTransformer) return transform(target.InputTransformer, matched);
  if (target.InputPath === undefined || target.InputPath === '$') return matched.eventJson;
  // A path that the event does not have gives null to the target, not an error.
  return JSON.stringify(select(JSON.parse(matched.eventJson), target.InputPath) ?? null);
};

const transform = (transformer: NonNullable<Target['InputTransformer']>, matched: Matched): string => {
  const template = transformer.InputTemplate ?? '';
  const event: unknown = JSON.parse(matched.eventJson);
  const paths = transformer.InputPathsMap ?? {};
  const valueOfName = (name: string): unknown => {
    const path = paths[name];
    return path === undefined ? reserved[name]?.(matched) : select(event, path);
  };
  let result = '';
  let end = 0;
  let insideString = false;
  for (const match of template.matchAll(placeholder)) {
    const between = template.slice(end, match.index);
    insideString = togglesString(between, insideString);
    result += between + spell(valueOfName(match[1] as string), insideString);
    end = match.index + match[0].length;
  }
  return result + template.slice(end);
};

/** Whether a text that starts inside (or outside) of a JSON string also ends there. */
const togglesString = (text: string, insideString: boolean): boolean => {
  let inside = insideString;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') inside = !inside;
  }
  return inside;
};

/**
 * A value in a template. Outside of quotes strings get quotes; inside of quotes a string is put in as it is, not escaped,
 * and objects and arrays lose their quotes so that the string around them ends where it should.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html (Common issues)
 */
const spell = (value: unknown, insideString: boolean): string => {
  if (!insideString) return value === undefined ? '""' : JSON.stringify(value);
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '');
};

// The part of JSONPath that EventBridge knows: dots, indices, and the wildcard.

const step = /\.([A-Za-z0-9_\-/]+|\*)|\[(\d+|\*)\]|\['([^']+)'\]/y;

const steps = (path: string): readonly string[] | undefined => {
  if (!path.startsWith('$')) return undefined;
  const result: string[] = [];
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const match = step.exec(path);
    if (!match) return undefined;
    result.push((match[1] ?? match[2] ?? match[3]) as string);
  }
  return result;
};

const isPath = (path: string): boolean => steps(path) !== undefined;

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const select = (root: unknown, path: string): unknown => {
  let found: unknown[] = [root];
  let isMany = false;
  for (const name of steps(path) ?? []) {
    if (name === '*') {
      isMany = true;
      found = found.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    } else {
      found = found.flatMap((value) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? [(value as Record<string, unknown>)[name]]
          : [],
      );
    }
  }
  return isMany ? found : found[0];
};
