/**
 * Why a mutant of `functions/core` may live. Each survivor must match one of these; the command prints those that match
 * none. `original` is what stood in the code, `becomes` what the mutant put there.
 */
export interface Explanation {
  readonly because: string;
  readonly matches: (survivor: Survivor) => boolean;
}

export interface Survivor {
  readonly file: string;
  readonly line: number;
  readonly mutator: string;
  readonly original: string;
  readonly becomes: string;
}

/** Text with a space between words: for people. Names of causes, states and actions have none. */
const isProse = (text: string): boolean => /[A-Za-z,.;:'’)}] \S|\S [A-Za-z${(]/.test(text.slice(1, -1));

/** Where numbers are measured and estimated: seconds, rates and shares that never meet a bound to the last digit. */
const measuring =
  /\/(decide-burst|estimate-[a-z-]+|read-workers|plan-capacity|waiting-profile|count-[a-z-]+|judge-added-work|burst-(caps|ledger)|work-bound|compare-burst|burst-milestones)\.ts$/;

const widened = /^(>=|<=|>|<)$/;
const comparison = (text: string): string => / (>=|<=|>|<) /.exec(text)?.[1] ?? '';

export const explanations: readonly Explanation[] = [
  {
    because:
      'A part of a sentence for people. That a sentence names twin, number and reason is tested where it is made; that each of its words stands is not.',
    matches: ({ mutator, original }) => mutator === 'StringLiteral' && isProse(original),
  },
  {
    because:
      'The type allows that something is not there, and the path to this place does not: whether `?.` or `.` asks for it makes no difference.',
    matches: ({ mutator }) => mutator === 'OptionalChaining',
  },
  {
    because: 'A value that the type demands for what cannot be missing at this place; nothing ever sees it.',
    matches: ({ original, becomes }) => /^(''|\[\])$/.test(original) && becomes.includes('Stryker was here'),
  },
  {
    because:
      'Two measured numbers that would have to be equal to the last digit, and where they are, both branches come to the same.',
    matches: ({ file, mutator, original, becomes }) =>
      mutator === 'EqualityOperator' &&
      measuring.test(file) &&
      widened.test(comparison(original)) &&
      comparison(original)[0] === comparison(becomes)[0],
  },
];
