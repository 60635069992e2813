import type { Placeholders } from './recorded-cases.ts';

/** Where an answer differs from what was recorded: path, and both values. */
export interface Difference {
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

export interface Comparison {
  readonly placeholders: Placeholders;
  /** The account that stands in the recording as 111111111111. */
  readonly accountId: string;
  readonly region: string;
  /** Whether answers of services are stood in for by what tasks showed of them, so that the length of their bodies is lost. */
  readonly lengthsLost?: boolean;
}

const recordedAccount = '111111111111';

/** Recordings name times by these words, whatever the field holds: one time or a list of them. */
const times = new Set(['timestamp', 'datetime']);

const reference = /^<.+:\d+>$/;

/**
 * Compares a value with a recorded one. Where the recording shows parsed JSON, the value may be its text; a member
 * that is there on one side only is a difference.
 */
export const differences = (
  expected: unknown,
  actual: unknown,
  comparison: Comparison,
  path = '',
): readonly Difference[] => {
  if (comparison.lengthsLost && actual !== undefined && /\/Content-Length(\/0)?$/.test(path)) return [];
  const differs = [{ path, expected, actual }];
  if (typeof expected === 'string') return matchesText(expected, actual, comparison) ? [] : differs;
  const given = typeof actual === 'string' ? parsed(actual) : plain(actual);
  if (typeof expected !== 'object' || expected === null) return Object.is(expected, given) ? [] : differs;
  if (typeof given !== 'object' || given === null) return differs;
  if (Array.isArray(expected) !== Array.isArray(given)) return differs;
  if (Array.isArray(expected) && expected.length !== (given as unknown[]).length) return differs;
  const theirs = expected as Record<string, unknown>;
  const ours = given as Record<string, unknown>;
  const names = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
  return [...names].flatMap((name): readonly Difference[] => {
    const at = `${path}/${name}`;
    if (!(name in theirs))
      return ours[name] === undefined ? [] : [{ path: at, expected: undefined, actual: ours[name] }];
    return differences(theirs[name], ours[name], comparison, at);
  });
};

const matchesText = (expected: string, actual: unknown, { placeholders, accountId, region }: Comparison): boolean => {
  if (actual === undefined) return false;
  if (times.has(expected) || placeholders.whole.includes(expected) || reference.test(expected)) return true;
  if (actual instanceof Uint8Array)
    return expected === pythonBytes(actual) || expected === new TextDecoder().decode(actual);
  if (typeof actual !== 'string') return false;
  if (expected === actual) return true;
  const wanted = expected
    .replaceAll('<partition>', 'aws')
    .replaceAll('<region>', region)
    .replaceAll(recordedAccount, accountId);
  const queue = pathOfQueueUrl(wanted);
  const pattern = patternOf(queue ?? wanted, placeholders.embedded);
  return pattern.test(queue === undefined ? actual : (pathOfQueueUrl(actual) ?? actual));
};

const patternOf = (text: string, embedded: readonly string[]): RegExp => {
  // The longest name first: one may be part of another.
  const names = embedded.toSorted((a, b) => b.length - a.length).map(escaped);
  const separators = new RegExp([...names, '<[\\w-]+:\\d+>'].join('|'));
  return new RegExp(`^${text.split(separators).map(escaped).join('[\\s\\S]*')}$`);
};

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** The recorder's own host name stands in queue URLs, so only their paths are compared. */
const pathOfQueueUrl = (text: string): string | undefined => /^https?:\/\/[^/]+(\/\d{12}\/[^/]+)$/.exec(text)?.[1];

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** An answer as a recording could hold it. */
const plain = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString();
  return value instanceof Uint8Array ? parsed(new TextDecoder().decode(value)) : value;
};

/** Bytes as the recorder wrote them down: the literal of Python. */
const pythonBytes = (bytes: Uint8Array): string =>
  `b'${[...bytes]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (byte === 0x5c || byte === 0x27) return `\\${character}`;
      return byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
    })
    .join('')}'`;

const shortened = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};

export const tell = ({ path, expected, actual }: Difference): string =>
  `${path === '' ? 'the answer' : path}: recorded ${shortened(expected)}, got ${shortened(actual)}`;
