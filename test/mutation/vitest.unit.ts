import { defineConfig } from 'vitest/config';

/** Core's own tests: what a mutant must get past first, since they are fast. */
export default defineConfig({ test: { include: ['functions/core/**/*.test.ts'] } });
