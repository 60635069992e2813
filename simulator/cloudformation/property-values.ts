import { isObject, type JsonObject } from './json.ts';

/** Templates may give numbers and booleans as text; APIs want them as they are. Each of these leaves out what is absent. */

export const text = (properties: JsonObject, name: string): string | undefined =>
  properties[name] === undefined ? undefined : String(properties[name]);

/** @throws TypeError never: a required property that is missing becomes '' and the API refuses it in its own words. */
export const requiredText = (properties: JsonObject, name: string): string => text(properties, name) ?? '';

export const number = (properties: JsonObject, name: string): number | undefined =>
  properties[name] === undefined ? undefined : Number(properties[name]);

export const flag = (properties: JsonObject, name: string): boolean | undefined =>
  properties[name] === undefined ? undefined : properties[name] === true || properties[name] === 'true';

export const list = <Item = unknown>(properties: JsonObject, name: string): readonly Item[] => {
  const value = properties[name];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]) as readonly Item[];
};

export const object = (properties: JsonObject, name: string): JsonObject | undefined =>
  isObject(properties[name]) ? properties[name] : undefined;

/** JSON text of a document that a template gives as an object or as text. */
export const jsonText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The named properties as they are, without the absent ones. */
export const pick = (properties: JsonObject, ...names: readonly string[]): JsonObject =>
  Object.fromEntries(names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]));

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export const tagList = (properties: JsonObject): readonly Tag[] => {
  const tags = properties.Tags;
  if (isObject(tags)) return Object.entries(tags).map(([Key, Value]) => ({ Key, Value: String(Value) }));
  return list<Tag>(properties, 'Tags').map((tag) => ({ Key: tag.Key, Value: String(tag.Value) }));
};

export const tagRecord = (properties: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(tagList(properties).map((tag) => [tag.Key, tag.Value]));

/** Tags with lower-case members, as ECS and Step Functions have them. */
export const lowerTagList = (properties: JsonObject): readonly { readonly key: string; readonly value: string }[] =>
  tagList(properties).map((tag) => ({ key: tag.Key, value: tag.Value }));

/** Values whose members are named by the user, not by the API: their keys keep their case. */
const userNamed = new Set(['DockerLabels', 'Options', 'DriverOpts', 'Labels', 'DockerSecurityOptions', 'Attachments']);

const lowerFirst = (name: string): string => {
  // Leading capitals that form an abbreviation go down together: EFSVolumeConfiguration, but not CpuArchitecture.
  const abbreviation = /^([A-Z]+)(?=[A-Z][a-z])/.exec(name)?.[1];
  if (abbreviation) return abbreviation.toLowerCase() + name.slice(abbreviation.length);
  return name.charAt(0).toLowerCase() + name.slice(1);
};

/** Turns the member names of CloudFormation into those of APIs that write them in camelCase. */
export const camelCase = (
  value: unknown,
  coerce: (name: string, value: unknown) => unknown = (_, item) => item,
): unknown => {
  if (Array.isArray(value)) return value.map((item) => camelCase(item, coerce));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const lower = lowerFirst(name);
      return [lower, userNamed.has(name) ? item : coerce(lower, camelCase(item, coerce))];
    }),
  );
};

/** Turns texts into numbers and booleans under the names where an API has such. */
export const coercion =
  (numbers: readonly string[], flags: readonly string[]) =>
  (name: string, value: unknown): unknown => {
    if (typeof value !== 'string') return value;
    if (numbers.includes(name)) return Number(value);
    if (flags.includes(name)) return value === 'true';
    return value;
  };
