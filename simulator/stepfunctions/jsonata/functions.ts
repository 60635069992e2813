import { createHash } from 'node:crypto';
import type { Kernel } from '../../kernel/kernel.ts';
import { javaRandom } from './java-random.ts';

/** What a failed function throws: jsonata passes such objects through, and AWS shows code and message. */
const functionError = (message: string): Error => new Error(message);

const hashAlgorithms: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** The largest sequence that AWS's memory limit lets an expression hold, as measured on `[1..n]`. */
export const sequenceLengthMax = 873_782;
export const memoryLimitMessage = 'Expression evaluation memory limit exceeded: Check for excessive memory usage';

/** An array that jsonata takes for one of its own sequences: a single element stands for itself. */
const toSequence = (items: unknown[]): unknown => {
  if (items.length === 0) return items;
  return Object.assign(items, { sequence: true });
};

/** Its chunks are taken for a sequence as the numbers of `$range` are, of which there are recordings: a single chunk stands for itself. */
const partition = (array: unknown, size: unknown): unknown => {
  if (array === undefined) return undefined;
  if (typeof size !== 'number' || !(size >= 1)) throw functionError('The chunk size of $partition must be positive');
  const items = Array.isArray(array) ? array : [array];
  const chunkLength = Math.floor(size);
  const chunks: unknown[] = [];
  for (let start = 0; start < items.length; start += chunkLength) chunks.push(items.slice(start, start + chunkLength));
  return toSequence(chunks);
};

/** The end is included when a step lands on it. A range of one number is that number, as AWS recorded. */
const range = (first: unknown, last: unknown, step: unknown): unknown => {
  if (typeof first !== 'number' || typeof last !== 'number' || typeof step !== 'number')
    throw functionError('The arguments of $range must be numbers');
  if (step === 0) throw functionError('The step of $range must not be 0');
  const count = Math.max(0, Math.floor((last - first) / step) + 1);
  if (count > sequenceLengthMax) throw functionError(memoryLimitMessage);
  return toSequence(Array.from({ length: count }, (_, index) => first + index * step));
};

const hash = (data: unknown, algorithm: unknown): unknown => {
  if (data === undefined) return undefined;
  const name = hashAlgorithms[String(algorithm)];
  if (name === undefined) throw functionError(`$hash does not know the algorithm ${JSON.stringify(algorithm)}`);
  return createHash(name)
    .update(typeof data === 'string' ? data : JSON.stringify(data))
    .digest('hex');
};

const parse = (text: unknown): unknown => {
  if (text === undefined) return undefined;
  if (typeof text !== 'string') throw functionError('The argument of $parse must be a string');
  try {
    return JSON.parse(text);
  } catch {
    throw functionError('The argument of $parse is not valid JSON');
  }
};

/** What jsonata passes as `this`. */
interface Focus {
  readonly environment: {
    readonly lookup: (name: string) => { readonly implementation: (...args: unknown[]) => unknown };
  };
}

type Implementation = (this: Focus, ...args: unknown[]) => unknown;

/** Marked as one of jsonata's own functions, since only those get the environment as `this`. */
const native = (implementation: Implementation): unknown => ({ _jsonata_function: true, implementation });

/**
 * The functions that Step Functions adds to JSONata or changes, as bindings of an evaluation. Time and chance come
 * from the kernel. `eval` is bound to nothing: AWS answers a call of it with T1006, as for any missing function.
 */
export const dialectFunctions = (kernel: Kernel): Readonly<Record<string, unknown>> => ({
  eval: undefined,
  partition: native(partition),
  range: native(range),
  hash: native(hash),
  parse: native(parse),
  random: native((seed) => (typeof seed === 'number' ? javaRandom(seed) : kernel.draw('jsonata-random'))),
  uuid: native(() => kernel.uuid('jsonata-uuid')),
  millis: native(() => kernel.now()),
  now: native(function (picture, timezone) {
    return this.environment.lookup('fromMillis').implementation(kernel.now(), picture, timezone);
  }),
});
