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

export const explanations: readonly Explanation[] = [
  {
    because:
      'A part of a sentence for people. That a sentence names twin, number and reason is tested where it is made; that each of its words stands is not.',
    matches: ({ mutator, original }) => mutator === 'StringLiteral' && isProse(original),
  },
];
