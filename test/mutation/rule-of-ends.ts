import { readFileSync } from 'node:fs';
import { type VerdictEntry, verdicts } from '../../functions/core/verdict.ts';
import type { Mutant } from './run-stryker.ts';

/** Whether the rule by which a rollout or a burst comes to an end can be broken without a test noticing. */
export interface RuleOfEnd {
  readonly of: VerdictEntry['of'];
  readonly verdict: string;
  readonly cause: string;
  /** Mutants of the conditions right before the places in core that name the end; 0 where only its callers name it. */
  readonly mutants: number;
  readonly killed: number;
}

/** What decides whether a place is reached; texts and numbers in it do not. */
const deciding = new Set(['ConditionalExpression', 'EqualityOperator', 'LogicalOperator', 'BooleanLiteral']);
/** Lines above the naming of an end in which its condition is looked for. */
const linesAbove = 15;

const verdictNames = [...new Set(verdicts.map(({ verdict }) => verdict))];
const quoted = (text: string): string => `'${text}'`;

/** Lines of a file that name an end, from 1. A cause that several verdicts share is told apart by the verdict beside it. */
const placesOf = ({ verdict, cause }: VerdictEntry, lines: readonly string[]): readonly number[] =>
  lines.flatMap((line, index) => {
    if (!line.includes(quoted(cause))) return [];
    const beside = lines.slice(Math.max(0, index - 3), index + 2).join('\n');
    const named = verdictNames.filter((name) => beside.includes(quoted(name)));
    return named.length === 0 || named.includes(verdict) ? [index + 1] : [];
  });

/**
 * @param mutants those of the files; each with whether a test killed it.
 * @param files paths of core without the table of the ends itself, which names them all and decides none.
 */
export const rulesOfEnds = (
  mutants: readonly { readonly mutant: Mutant; readonly file: string; readonly killed: boolean }[],
  files: readonly string[],
): readonly RuleOfEnd[] => {
  const conditions = mutants.filter(({ mutant }) => deciding.has(mutant.mutatorName));
  const sources = files.map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n') }));
  return verdicts.map((entry) => {
    const rules = sources.flatMap(({ file, lines }) =>
      placesOf(entry, lines).flatMap((place) => {
        const before = conditions.filter(
          ({ mutant, file: of }) =>
            of === file && mutant.location.start.line <= place && mutant.location.start.line > place - linesAbove,
        );
        const nearest = Math.max(0, ...before.map(({ mutant }) => mutant.location.start.line));
        return before.filter(({ mutant }) => mutant.location.start.line === nearest);
      }),
    );
    const each = [...new Set(rules)];
    const { of, verdict, cause } = entry;
    return { of, verdict, cause, mutants: each.length, killed: each.filter(({ killed }) => killed).length };
  });
};
