import { createHash, hash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { sqsErrors } from './errors.ts';

export type MessageAttributes = Readonly<Record<string, MessageAttributeValue>>;

/** A message as it was sent, and where it is in its life. The queue that holds it is the only one that changes it. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: MessageAttributes;
  /** `AWSTraceHeader`, `MessageGroupId`, `DeadLetterQueueSourceArn` and the like. */
  readonly systemAttributes: Readonly<Record<string, string>>;
  readonly senderId: string;
  /** When it was first sent. Survives the move to a dead-letter queue, so retention counts from here. */
  readonly sentMs: number;
  /** When it entered the queue it is in now; the age metric counts from here. */
  readonly enqueuedMs: number;
  /** Order of arrival in the queue it is in now. */
  readonly sequence: number;
  state: 'delayed' | 'visible' | 'in-flight' | 'gone';
  /** When a delayed or in-flight message becomes visible. */
  dueMs: number;
  receiveCount: number;
  firstReceivedMs: number | undefined;
  lastReceivedMs: number | undefined;
  receiptHandle: string | undefined;
}

export const md5 = (text: string): string => hash('md5', text);

/**
 * The digest that clients compare with their own: names in order, each field prefixed by its length in four bytes
 * (AWSSimpleQueueService sqs-message-metadata, "Calculating the MD5 message digest for message attributes").
 */
export const md5OfAttributes = (attributes: MessageAttributes): string | undefined => {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const digest = createHash('md5');
  const add = (bytes: Uint8Array): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    digest.update(length);
    digest.update(bytes);
  };
  for (const name of names) {
    const value = attributes[name] as MessageAttributeValue;
    add(Buffer.from(name));
    add(Buffer.from(value.DataType ?? ''));
    if (value.BinaryValue !== undefined) {
      digest.update(Buffer.from([2]));
      add(value.BinaryValue);
    } else {
      digest.update(Buffer.from([1]));
      add(Buffer.from(value.StringValue ?? ''));
    }
  }
  return digest.digest('hex');
};

/** Bytes that count towards the maximum message size: body, and name, type and value of each attribute. */
export const sizeOf = (body: string, attributes: MessageAttributes): number => {
  let bytes = Buffer.byteLength(body);
  for (const [name, value] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value.DataType ?? '');
    bytes += value.BinaryValue?.length ?? Buffer.byteLength(value.StringValue ?? '');
  }
  return bytes;
};

/** Characters of XML 1.0, which is what a message may hold; in a text of JavaScript, halves of pairs stand alone. */
const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what SQS refuses
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** @throws AwsError `InvalidMessageContents` */
export const checkBody = (body: string): void => {
  const found = forbidden.exec(body)?.[0].charCodeAt(0);
  if (found !== undefined)
    throw sqsErrors.invalidMessageContents(
      `Invalid binary character '#x${found.toString(16).toUpperCase()}' was found in the message body, the set of allowed characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].`,
    );
};

/** A copy of the attributes that nobody else holds. @throws AwsError when one of them is not a valid attribute. */
export const readAttributes = (input: MessageAttributes | undefined): MessageAttributes => {
  const entries = Object.entries(input ?? {});
  if (entries.length > 10)
    throw sqsErrors.invalidParameter(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`,
    );
  return Object.fromEntries(entries.map(([name, value]) => [name, readAttribute(name, value)]));
};

const readAttribute = (name: string, value: MessageAttributeValue): MessageAttributeValue => {
  if (/^(aws|amazon)\./i.test(name))
    throw sqsErrors.invalidParameter(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use.",
    );
  // SQSDeveloperGuide, sqs-message-metadata: what a name may hold.
  if (!/^(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/.test(name))
    throw sqsErrors.invalidParameter(
      `The message attribute name '${name}' is not valid: it can hold letters, digits, underscores, hyphens and periods, up to 256 of them, and periods neither at its ends nor next to each other.`,
    );
  const type = value.DataType;
  if (!type)
    throw sqsErrors.invalidParameter(`The message attribute '${name}' must contain non-empty message attribute type.`);
  const kind = type.split('.')[0];
  if (kind !== 'String' && kind !== 'Number' && kind !== 'Binary')
    throw sqsErrors.invalidParameter(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    );
  if (kind === 'Binary') {
    if (!value.BinaryValue?.length) throw empty(name, type);
    return { DataType: type, BinaryValue: Uint8Array.from(value.BinaryValue) };
  }
  if (!value.StringValue) throw empty(name, type);
  const strange = forbidden.exec(value.StringValue)?.[0].charCodeAt(0);
  // The same characters as in a body, but another error.
  if (strange !== undefined)
    throw sqsErrors.invalidParameter(
      `Invalid binary character '#x${strange.toString(16).toUpperCase()}' was found in the value of the message attribute '${name}', the set of allowed characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].`,
    );
  if (kind === 'Number' && !Number.isFinite(Number(value.StringValue)))
    throw sqsErrors.invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  return { DataType: type, StringValue: value.StringValue };
};

const empty = (name: string, type: string) =>
  sqsErrors.invalidParameter(`Message (user) attribute '${name}' must contain a non-empty value of type '${type}'.`);

/** The attributes that a receiver asked for: `All`, `.*`, a name, or a prefix as `prefix.*`. */
export const selectAttributes = (attributes: MessageAttributes, wanted: readonly string[]): MessageAttributes => {
  if (wanted.length === 0) return {};
  const matches = (name: string): boolean =>
    wanted.some(
      (pattern) =>
        pattern === 'All' ||
        pattern === '.*' ||
        pattern === name ||
        (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))),
    );
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => matches(name))
      .map(([name, value]) => [
        name,
        value.BinaryValue ? { ...value, BinaryValue: Uint8Array.from(value.BinaryValue) } : { ...value },
      ]),
  );
};
