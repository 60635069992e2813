/**
 * Ends what a local cloud leaves behind when it could not do so itself, as after SIGKILL. It is told of every process on
 * its standard input, a line each: `+<pid>` when it starts, `-<pid>` when it has ended. When that input closes, the
 * local cloud is gone, and with it must go whatever still runs. Each process leads a group of its own, so the ones that
 * it started go too.
 *
 * Plain JavaScript: stripping types would cost this process more memory than all that it does.
 */
import { createInterface } from 'node:readline';

const guarded = new Set();
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const pid = Number(line.slice(1));
  if (line.startsWith('+')) guarded.add(pid);
  else guarded.delete(pid);
});
lines.on('close', () => {
  for (const pid of guarded) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended since.
    }
  }
});
