import type { Stage } from './stage.ts';

/** A script of plain API calls, and what ECS must do about it and when. Drills know AWS only: no controller, no Spillway. */
export interface Drill {
  /** One sentence: what is shown. */
  readonly title: string;
  readonly play: (stage: Stage) => Promise<void>;
  readonly expectations: readonly Expectation[];
}

/** Something that must, or must not, stand in the timeline. */
export type Expectation = {
  /** What AWS documents or people have measured, in one sentence with its arithmetic. */
  readonly rule: string;
  /** Where it says so: the page of AWS's documentation, or who measured. */
  readonly source: string;
  /** Matched against `about: text` of each line. */
  readonly line: RegExp;
} & (
  | {
      /** Seconds since the start of the drill in which such lines stand. */
      readonly at: number;
      /** How many of them; default: at least one. */
      readonly times?: number;
    }
  | {
      /** No such line in these seconds, the ends included. */
      readonly neverFrom: number;
      readonly to: number;
    }
);

export interface Line {
  /** Milliseconds since the start of the drill. */
  readonly atMs: number;
  readonly about: string;
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'bad' | 'quiet';
}

export interface Verdict {
  readonly rule: string;
  readonly source: string;
  readonly expected: string;
  readonly ok: boolean;
  /** The lines that were found in place of it; empty when it came true. */
  readonly found: readonly Line[];
}

const secondOf = ({ atMs }: Line): number => Math.floor(atMs / 1000);

export const judge = (expectation: Expectation, timeline: readonly Line[]): Verdict => {
  const { rule, source, line } = expectation;
  const matching = timeline.filter(({ about, text }) => line.test(`${about}: ${text}`));
  if ('at' in expectation) {
    const { at, times } = expectation;
    const there = matching.filter((one) => secondOf(one) === at).length;
    const ok = times === undefined ? there > 0 : there === times;
    return {
      rule,
      source,
      expected: `${clock(at * 1000)} ${times === undefined ? '' : `${times} times `}${line}`,
      ok,
      found: ok ? [] : matching,
    };
  }
  const { neverFrom, to } = expectation;
  const found = matching.filter((one) => secondOf(one) >= neverFrom && secondOf(one) <= to);
  return {
    rule,
    source,
    expected: `never from ${clock(neverFrom * 1000)} to ${clock(to * 1000)} ${line}`,
    ok: found.length === 0,
    found,
  };
};

/** `+12:34` since the start of the drill. */
export const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `+${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
};
