import { defineConfig } from 'vitest/config';

/** A few whole rollouts: what a mutant must get past that core's own tests have let live. */
export default defineConfig({
  test: {
    include: ['test/mutation/*.test.ts'],
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true', CDK_VALIDATION: 'false' },
    testTimeout: 20_000,
  },
});
