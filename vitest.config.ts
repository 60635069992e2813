import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/cdk.out/**', '**/.spillway/**'],
    // Powertools writes to the console; what a handler logs is asserted where it matters, and is noise elsewhere.
    env: {
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_DEV: 'false',
      POWERTOOLS_METRICS_DISABLED: 'true',
      CDK_VALIDATION: 'false',
    },
    testTimeout: 20_000,
    setupFiles: ['test/api-shapes/every-test.ts'],
  },
});
