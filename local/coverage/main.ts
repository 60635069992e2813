import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { coveragePage } from './coverage-page.ts';

const page = resolve(import.meta.dirname, '..', '..', 'docs', 'simulator-coverage.md');
writeFileSync(page, await coveragePage());
console.log('docs/simulator-coverage.md says what the simulator models.');
