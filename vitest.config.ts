import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    // What mutants are asked of has its own command; here it would be played twice.
    exclude: ['**/node_modules/**', '**/cdk.out/**', '**/.spillway/**', 'test/mutation/**'],
    // Powertools writes to the console; what a handler logs is asserted where it matters, and is noise elsewhere.
    env: {
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_DEV: 'false',
      POWERTOOLS_METRICS_DISABLED: 'true',
      CDK_VALIDATION: 'false',
    },
    // Its own default leaves one core to nobody, which on two cores is half of them.
    maxWorkers: '100%',
    // Files share the modules of their worker, which halves the time; a test leaves environment, globals and clocks as it found them.
    isolate: false,
    testTimeout: 20_000,
    setupFiles: ['test/api-shapes/every-test.ts'],
  },
});
