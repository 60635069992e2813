// Runs before the npm scripts, on whatever Node the machine has: installs the locked dependencies when they are
// missing or older than the lock file, so that a bare clone needs no earlier command. The scripts themselves then run
// on the Node 24 that these dependencies bring.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const installed = join(root, 'node_modules', '.package-lock.json');
const lock = join(root, 'package-lock.json');

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.error('Installing the locked dependencies (npm ci), once; about half a minute.');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) {
    console.error(
      'The dependencies could not be installed: npm ci failed, see above. Check the network and try again.',
    );
    process.exit(1);
  }
}
