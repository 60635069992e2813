/**
 * What happened to a service, in order: who moved what, why, and where that is known from. The lines are only ever
 * added, and each holds the hash of the one before it, so that a line that was changed, taken out or put in later is
 * found by anyone who reads them from the first to the last. Beside them stands which line is the last.
 */

/** What a line is about. `subject` names the one it is about: a rollout, a burst, an operation. */
export const historyKinds = ['rollout', 'burst', 'operation', 'site', 'drift'] as const;
export type HistoryKind = (typeof historyKinds)[number];

/** Something that happened, before it has its place in the history. */
export interface Happening {
  /** The same happening told twice has the same key; it gets one line. */
  readonly key: string;
  readonly kind: HistoryKind;
  /** Id of the rollout, the burst or the execution. */
  readonly subject: string;
  /** ISO time in UTC at which it happened. */
  readonly at: string;
  /** Where it is known from: a call, an event, a person's request. */
  readonly source: string;
  readonly actor: string;
  /** The sentence for people. */
  readonly text: string;
  /** Names and numbers for machines. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface HistoryLine extends Happening {
  readonly service: string;
  /** 1 for the first, without gaps. */
  readonly number: number;
  /** Hash of the line before; of the first line, 64 zeros. */
  readonly previous: string;
  /** SHA-256 of everything else in this line, in hexadecimal. */
  readonly hash: string;
}

/** SHA-256 of a text, in hexadecimal. */
export type Sha256 = (text: string) => string;

export const firstPrevious = '0'.repeat(64);

/** JSON with sorted names, without what is undefined: equal for equal data, however it was stored in between. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`;
};

const hashOf = (line: Omit<HistoryLine, 'hash'>, sha256: Sha256): string =>
  sha256(canonical({ ...line, hash: undefined }));

/** The line that a happening becomes after the newest one. */
export const nextLine = (
  service: string,
  newest: Pick<HistoryLine, 'number' | 'hash'> | undefined,
  happening: Happening,
  sha256: Sha256,
): HistoryLine => {
  const line = {
    ...happening,
    service,
    number: (newest?.number ?? 0) + 1,
    previous: newest?.hash ?? firstPrevious,
  };
  return { ...line, hash: hashOf(line, sha256) };
};

export type HistoryProof =
  | { readonly kind: 'whole'; readonly lines: number; readonly head: string; readonly reason: string }
  | { readonly kind: 'broken'; readonly number: number; readonly reason: string };

/** A line by its number and hash. */
export type LineMark = Pick<HistoryLine, 'number' | 'hash'>;

/** What a history is held against beside itself: an end that was cut off leaves the rest whole in itself. */
export interface HistoryWitness {
  /** A line that somebody has kept: only this tells a history that was rewritten from some line to its end. */
  readonly known?: LineMark | undefined;
  /** The last line, as it was kept beside the lines when it was written. */
  readonly head?: LineMark | undefined;
  /** What has ended, and so has a line of its end, by the key of that. */
  readonly ended?: readonly { readonly key: string; readonly what: string }[];
}

const linesFrom = (from: number, to: number): string =>
  from === to ? `line ${from} is missing` : `lines ${from} to ${to} are missing`;

/**
 * Whether a history is whole.
 * @param lines all lines of a service, oldest first.
 */
export const verifyHistory = (
  lines: readonly HistoryLine[],
  sha256: Sha256,
  { known, head, ended = [] }: HistoryWitness = {},
): HistoryProof => {
  const broken = (number: number, reason: string): HistoryProof => ({ kind: 'broken', number, reason });
  let previous = firstPrevious;
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    if (line.number !== number) {
      const their = line.number - number > 1 ? 'their' : 'its';
      return broken(number, `${linesFrom(number, line.number - 1)}; line ${line.number} stands in ${their} place`);
    }
    if (line.previous !== previous)
      return broken(number, `line ${number} does not follow the line that stands before it`);
    if (line.hash !== hashOf(line, sha256)) return broken(number, `line ${number} was changed after it was written`);
    if (known?.number === number && known.hash !== line.hash)
      return broken(number, `line ${number} has the hash ${line.hash}, and ${known.hash} was seen before`);
    if (head?.number === number && head.hash !== line.hash)
      return broken(number, `line ${number} has the hash ${line.hash}, and ${head.hash} was kept when it was written`);
    previous = line.hash;
  }
  const next = lines.length + 1;
  const ends = lines.length === 0 ? 'has no line now' : `ends at line ${lines.length}`;
  if (head && head.number >= next)
    return broken(next, `${linesFrom(next, head.number)}: the history went to line ${head.number} and ${ends}`);
  if (known && known.number >= next)
    return broken(next, `line ${known.number} was seen before, and the history ${ends}`);
  const keys = new Set(lines.map(({ key }) => key));
  const untold = ended.find(({ key }) => !keys.has(key));
  if (untold) return broken(next, `no line tells the end of ${untold.what}, and the history ${ends}`);
  return {
    kind: 'whole',
    lines: lines.length,
    head: previous,
    reason: `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}, each with the hash of the one before it`,
  };
};
