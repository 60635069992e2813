import { readFileSync } from 'node:fs';
import type { Mutant } from './run-stryker.ts';

/** A mutant that no test noticed. */
export interface Survivor {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly line: number;
  readonly mutator: string;
  readonly original: string;
  readonly becomes: string;
  /** `take-lease isOlder`: the file without folder and ending, and what is declared there at the left margin. */
  readonly inside: string;
  /** `original  →  becomes`, each on one line. */
  readonly change: string;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** Reads what stood in the code; columns are Stryker's, from 1. */
export const survivorOf = (file: string, { location, mutatorName, replacement }: Mutant): Survivor => {
  const { start, end } = location;
  const source = readFileSync(file, 'utf8').split('\n');
  const lines = source.slice(start.line - 1, end.line);
  const last = lines.length - 1;
  lines[last] = lines[last]?.slice(0, end.column - 1) ?? '';
  lines[0] = lines[0]?.slice(start.column - 1) ?? '';
  const original = lines.join('\n');
  const becomes = replacement ?? '';
  const declared = source
    .slice(0, start.line)
    .map((line) => /^(?:export )?(?:const|function|class) (\w+)/.exec(line)?.[1])
    .findLast((name) => name !== undefined);
  return {
    file,
    line: start.line,
    mutator: mutatorName,
    original,
    becomes,
    inside: `${file.replace(/^.*\//, '').replace(/\.ts$/, '')} ${declared ?? ''}`.trim(),
    change: `${oneLine(original)}  →  ${oneLine(becomes)}`,
  };
};
