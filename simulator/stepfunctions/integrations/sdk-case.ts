import type { Json, JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';

/**
 * Members that are maps with keys of the caller's choice, in services whose own members are camelCase. These keys
 * stay as they are when Step Functions turns member names into PascalCase and back.
 */
const mapMembers = new Set(['dockerLabels', 'driverOpts', 'labels', 'options']);

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
const upperFirst = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Arguments of an `aws-sdk` task as the service's API names them. */
export const toApiCase = (value: Json): Json => recase(value, lowerFirst, (name) => mapMembers.has(lowerFirst(name)));

/**
 * A service's answer as an `aws-sdk` task shows it: PascalCase members, times as ISO-8601, blobs as text.
 * `rename` is false for services whose API is PascalCase already.
 */
export const fromApi = (value: unknown, rename: boolean): Json => {
  const plain = plainJson(value);
  return rename ? recase(plain, upperFirst, (name) => mapMembers.has(name)) : plain;
};

const recase = (value: Json, rename: (name: string) => string, isMap: (name: string) => boolean): Json => {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => recase(item, rename, isMap));
  if (!isJsonObject(value)) return value;
  const renamed: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value))
    renamed[rename(name)] = isMap(name) ? member : recase(member, rename, isMap);
  return renamed;
};

const plainJson = (value: unknown): Json => {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value === 'object') {
    const plain: Record<string, Json> = {};
    for (const [name, member] of Object.entries(value)) if (member !== undefined) plain[name] = plainJson(member);
    return plain as JsonObject;
  }
  return value as Json;
};
