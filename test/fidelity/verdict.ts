export type Level = 'result' | 'cause' | 'types' | 'history';

/** How one comparison came out. */
export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly differences: readonly string[] }
  /** `what` is the name of a feature that the simulator refuses. */
  | { readonly kind: 'refused'; readonly what: string };

export interface Finding {
  readonly suite: string;
  readonly level: Level;
  /** The case, and the call in it where it has several. */
  readonly name: string;
  readonly verdict: Verdict;
}

export const passed: Verdict = { kind: 'passed' };

export const verdictOf = (differences: readonly string[]): Verdict =>
  differences.length === 0 ? passed : { kind: 'failed', differences };
