import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { invalidParameters, validation } from './errors.ts';
import { compareNumbers, normalizeNumber } from './number.ts';

/** A value inside the table: checked, its numbers in their one form. Never changed; an update makes new ones. */
export type Value = Readonly<AttributeValue>;
export type Item = Readonly<Record<string, Value>>;
export type ValueType = 'S' | 'N' | 'B' | 'SS' | 'NS' | 'BS' | 'M' | 'L' | 'BOOL' | 'NULL';

const types: readonly string[] = ['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L', 'BOOL', 'NULL'];

/** Largest item, names and values together: 400 KB. */
const itemBytesMax = 400 * 1024;

export const typeOf = (value: Value): ValueType => {
  for (const key in value) if (value[key as keyof Value] !== undefined) return key as ValueType;
  return 'NULL';
};

/**
 * Checks a value from a request and copies it.
 * @throws AwsError with DynamoDB's sentence for what is wrong with it
 */
export const readValue = (input: AttributeValue): Value => {
  const keys = Object.keys(input ?? {}).filter((key) => input[key as keyof AttributeValue] !== undefined);
  const type = keys[0];
  if (keys.length !== 1 || type === undefined || !types.includes(type))
    throw validation(
      keys.length > 1
        ? 'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'
        : 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    );
  if (input.S !== undefined) return { S: input.S };
  if (input.N !== undefined) return { N: normalizeNumber(String(input.N)) };
  if (input.B !== undefined) return { B: Uint8Array.from(input.B) };
  if (input.BOOL !== undefined) return { BOOL: input.BOOL };
  if (input.NULL !== undefined) {
    if (input.NULL !== true) throw invalidParameters('Null attribute value types must have the value of true');
    return { NULL: true };
  }
  if (input.L !== undefined) return { L: input.L.map(readValue) };
  if (input.M !== undefined) return { M: readItem(input.M) };
  if (input.SS !== undefined) return { SS: distinct('string', input.SS, (text) => text) };
  if (input.NS !== undefined) return { NS: distinct('number', input.NS.map(normalizeNumber), (text) => text) };
  return {
    BS: distinct(
      'binary',
      (input.BS as Uint8Array[]).map((bytes) => Uint8Array.from(bytes)),
      keyOfBytes,
    ),
  };
};

export const readItem = (input: Readonly<Record<string, AttributeValue>>): Record<string, Value> => {
  const item: Record<string, Value> = {};
  for (const name of Object.keys(input)) item[name] = readValue(input[name] as AttributeValue);
  return item;
};

const distinct = <Element>(kind: string, elements: Element[], keyOf: (element: Element) => string): Element[] => {
  if (elements.length === 0) throw invalidParameters(`An ${kind} set  may not be empty`);
  if (new Set(elements.map(keyOf)).size < elements.length)
    throw invalidParameters(`Input collection [${elements.join(', ')}] contains duplicates.`);
  return [...elements];
};

const keyOfBytes = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** A copy for a caller to keep: nothing of it is shared with the table. */
export const copyValue = (value: Value): AttributeValue => {
  if (value.M !== undefined) return { M: copyItem(value.M) };
  if (value.L !== undefined) return { L: value.L.map(copyValue) };
  if (value.B !== undefined) return { B: Uint8Array.from(value.B) };
  if (value.SS !== undefined) return { SS: [...value.SS] };
  if (value.NS !== undefined) return { NS: [...value.NS] };
  if (value.BS !== undefined) return { BS: value.BS.map((bytes) => Uint8Array.from(bytes)) };
  return { ...value } as AttributeValue;
};

export const copyItem = (item: Item): Record<string, AttributeValue> => {
  const copy: Record<string, AttributeValue> = {};
  for (const name of Object.keys(item)) copy[name] = copyValue(item[name] as Value);
  return copy;
};

/** The elements of a set, each as a text that is equal exactly for equal elements. */
export const setKeys = (value: Value): readonly string[] | undefined =>
  value.SS ?? value.NS ?? value.BS?.map(keyOfBytes);

export const equal = (a: Value, b: Value): boolean => {
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  if (type === 'B') return keyOfBytes(a.B as Uint8Array) === keyOfBytes(b.B as Uint8Array);
  if (type === 'SS' || type === 'NS' || type === 'BS') {
    const left = new Set(setKeys(a));
    const right = setKeys(b) as readonly string[];
    return left.size === right.length && right.every((key) => left.has(key));
  }
  if (type === 'L') {
    const left = a.L as Value[];
    const right = b.L as Value[];
    return left.length === right.length && left.every((element, index) => equal(element, right[index] as Value));
  }
  if (type === 'M') {
    const left = a.M as Item;
    const right = b.M as Item;
    const names = Object.keys(left);
    return (
      names.length === Object.keys(right).length &&
      names.every((name) => right[name] !== undefined && equal(left[name] as Value, right[name]))
    );
  }
  return a[type as keyof Value] === b[type as keyof Value];
};

/** Order of two values of one ordered type (S by its UTF-8 bytes, N, B); undefined where there is no order between them. */
export const compare = (a: Value, b: Value): number | undefined => {
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N);
  if (a.S !== undefined && b.S !== undefined) return compareTexts(a.S, b.S);
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(a.B, b.B);
  return undefined;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is what is meant
const ascii = /^[\x00-\x7f]*$/;

const compareTexts = (a: string, b: string): number => {
  if (ascii.test(a) && ascii.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
};

const bytesOf = (value: Value): number => {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  if (value.B !== undefined) return value.B.length;
  if (value.M !== undefined) return 3 + sizeOfItem(value.M) + Object.keys(value.M).length;
  if (value.L !== undefined) return 3 + value.L.reduce((sum, element) => sum + 1 + bytesOf(element), 0);
  if (value.SS !== undefined) return value.SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (value.NS !== undefined) return value.NS.reduce((sum, text) => sum + Math.ceil(text.length / 2) + 1, 0);
  if (value.BS !== undefined) return value.BS.reduce((sum, bytes) => sum + bytes.length, 0);
  return 1;
};

export const sizeOfItem = (item: Item): number => {
  let bytes = 0;
  for (const name of Object.keys(item)) bytes += Buffer.byteLength(name) + bytesOf(item[name] as Value);
  return bytes;
};

/** @returns the size of the item, in bytes. @throws AwsError when it is too large */
export const checkItemSize = (item: Item): number => {
  const bytes = sizeOfItem(item);
  if (bytes > itemBytesMax) throw validation('Item size has exceeded the maximum allowed size');
  return bytes;
};
