import { type VerdictEntry, verdicts } from '../../functions/core/verdict.ts';

const begin = '<!-- verdicts: written by npm run docs:rollouts -->';
const end = '<!-- end of verdicts -->';

const row = ({ verdict, cause, exitCode, sentence, ...entry }: VerdictEntry & { readonly error: string }): string =>
  `| ${verdict} | ${cause} | ${entry.succeeded ? 'succeeds' : `\`${entry.error}\``} | ${exitCode} | ${sentence} |`;

/** The table of all ends of a rollout, from the closed list. */
export const verdictTable = (errorName: (entry: VerdictEntry) => string): string =>
  [
    '| verdict | cause | execution | exit code | what it means |',
    '|---|---|---|---|---|',
    ...verdicts.filter(({ of }) => of === 'rollout').map((entry) => row({ ...entry, error: errorName(entry) })),
  ].join('\n');

/** The page with the table put between its marks. @throws Error when the marks are missing. */
export const withTable = (page: string, table: string): string => {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/rollouts.md lacks the marks '${begin}' and '${end}'`);
  return `${page.slice(0, from + begin.length)}\n${table}\n${page.slice(to)}`;
};
