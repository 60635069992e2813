import { createHash } from 'node:crypto';
import { appendFileSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Measures } from '../../local/replay/outcome.ts';
import type { Cell, CellResult } from '../../local/replay/run-cell.ts';

const root = join(import.meta.dirname, '../..');
/** Whatever may change a figure: the controller, what it deploys, AWS as simulated, the replay, and the packages below them. */
const sources = [
  'package-lock.json',
  'bench/burst/*.ts',
  '{functions,infra,local,services,simulator}/**/*.ts',
  'state-machines/*.json',
];

/** Of the code as it lies on the disk, committed or not. */
export const codeVersion = (): string => {
  const hash = createHash('sha256');
  const files = globSync(sources, { cwd: root, exclude: ['**/*.test.ts'] });
  for (const file of files.toSorted())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 12);
};

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex').slice(0, 16);

/** All that is asked in a cell, the traffic by its hash. */
const keyOf = ({ rates, ...cell }: Cell): string =>
  JSON.stringify({ ...cell, rates: sha256(new Uint8Array(rates.buffer, rates.byteOffset, rates.byteLength)) });

interface Line {
  readonly key: string;
  readonly result: CellResult;
}

/** JSON has no infinity: there is none but in these two, of messages that were never picked up. */
const withInfinity = (measures: Measures): Measures => ({
  ...measures,
  p99Seconds: measures.p99Seconds ?? Number.POSITIVE_INFINITY,
  longestSeconds: measures.longestSeconds ?? Number.POSITIVE_INFINITY,
});

/** Results of cells as they finish, a line of JSON each, in one file for each version of the code. */
export class KeptResults {
  readonly file: string;

  constructor(folder: string, version: string) {
    this.file = join(folder, `burst-${version}.jsonl`);
  }

  keep(cell: Cell, result: CellResult): void {
    mkdirSync(dirname(this.file), { recursive: true });
    appendFileSync(this.file, `${JSON.stringify({ key: keyOf(cell), result } satisfies Line)}\n`);
  }

  /** Which cells were played in full by this code; a cell in which something failed is played again. */
  read(): (cell: Cell) => CellResult | undefined {
    const kept = new Map<string, CellResult>();
    for (const text of this.#lines()) {
      let line: Line;
      try {
        line = JSON.parse(text) as Line;
      } catch {
        // The line that an interrupted run was writing.
        continue;
      }
      if (Object.keys(line.result.failures).length > 0) continue;
      const measures = Object.entries(line.result.measures).map(([policy, one]) => [policy, withInfinity(one)]);
      kept.set(line.key, { ...line.result, measures: Object.fromEntries(measures) });
    }
    return (cell) => kept.get(keyOf(cell));
  }

  #lines(): readonly string[] {
    try {
      return readFileSync(this.file, 'utf8').split('\n');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}
