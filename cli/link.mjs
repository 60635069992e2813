// Puts the `spillway` command of this checkout on npx's path, as an installed package would.
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(dirname(here), 'node_modules', '.bin');
const link = join(folder, 'spillway');
if (existsSync(dirname(folder))) {
  mkdirSync(folder, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(join('..', '..', 'cli', 'spillway.mjs'), link);
}
