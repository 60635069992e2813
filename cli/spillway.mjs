#!/usr/bin/env node
// Starts the command on the project's own Node 24, which runs TypeScript from source, whatever Node the caller has.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const own = join(here, '..', 'node_modules', 'node', 'bin', 'node');
if (!existsSync(own)) {
  console.error("The dependencies are not installed: run 'npm ci' in the project's folder first.");
  process.exit(1);
}
const result = spawnSync(own, [join(here, 'main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(result.status ?? 1);
