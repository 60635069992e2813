import { Stryker } from '@stryker-mutator/core';

type Options = ConstructorParameters<typeof Stryker>[0];
export type Mutant = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

/** Which tests a round asks. */
export type Round = 'unit' | 'scenarios';

/**
 * One round of Stryker. It keeps what it found in `.spillway/mutation`, and asks the next time only about mutants whose
 * code or tests have changed.
 */
export const runStryker = (
  round: Round,
  mutate: readonly string[],
  concurrency: number,
): Promise<readonly Mutant[]> => {
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
    incrementalFile: `.spillway/mutation/${round}.json`,
    tempDirName: '.spillway/mutation/sandbox',
    ignorePatterns: ['bench', 'console', 'cdk.out', '.spillway', 'test/fidelity'],
    allowConsoleColors: false,
    logLevel: 'warn' as Options['logLevel'],
    thresholds: { high: 90, low: 80, break: null },
  };
  return new Stryker(options).runMutationTest();
};
