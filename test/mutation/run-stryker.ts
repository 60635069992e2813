import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';

type Options = ConstructorParameters<typeof Stryker>[0];
export type Mutant = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

/** Which tests a round asks. */
export type Round = 'unit' | 'scenarios';

/** A mutant on which a worker died, as when a run is cut off, was not tried; left in the file it would never be again. */
const forgetErrors = (file: string): void => {
  if (!existsSync(file)) return;
  const report: { files: Record<string, { mutants: { status: string }[] }> } = JSON.parse(readFileSync(file, 'utf8'));
  for (const each of Object.values(report.files)) {
    each.mutants = each.mutants.filter(({ status }) => status !== 'RuntimeError');
  }
  writeFileSync(file, JSON.stringify(report));
};

/**
 * One round of Stryker. It keeps what it found in `.spillway/mutation`, and asks the next time only about mutants whose
 * code or tests have changed.
 */
export const runStryker = (
  round: Round,
  mutate: readonly string[],
  concurrency: number,
): Promise<readonly Mutant[]> => {
  const incrementalFile = `.spillway/mutation/${round}.json`;
  forgetErrors(incrementalFile);
  const options: Options = {
    mutate: [...mutate],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: `test/mutation/vitest.${round}.ts`, related: false },
    coverageAnalysis: 'perTest',
    concurrency,
    // What is computed while a module loads (tables, schemas) would be asked of every test, a minute each.
    ignoreStatic: true,
    reporters: ['progress-append-only'],
    // Stryker rewrites paths in it with an API that TypeScript 7 does not have; nothing here needs it.
    tsconfigFile: 'none',
    incremental: true,
    incrementalFile,
    tempDirName: '.spillway/mutation/sandbox',
    ignorePatterns: ['bench', 'console', 'cdk.out', '.spillway', 'test/fidelity'],
    allowConsoleColors: false,
    logLevel: 'warn' as Options['logLevel'],
    thresholds: { high: 90, low: 80, break: null },
  };
  return new Stryker(options).runMutationTest();
};
