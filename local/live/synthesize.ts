import { join, resolve } from 'node:path';
import { type Assembly, readAssembly } from '../world/assembly.ts';
import { CannotStart } from './cannot-start.ts';
import type { Children } from './children.ts';

const app = resolve(import.meta.dirname, '../../infra/app.ts');

/**
 * Synthesizes the templates and bundles the functions as `npm run synth` does, in a process of its own: the CDK's
 * memory goes with it, and a Ctrl-C need not wait for it.
 * @throws CannotStart with the reason that it gave.
 */
export const synthesize = async (children: Children, folder: string): Promise<Assembly> => {
  const outdir = join(folder, 'assembly');
  const { exitCode, stderr } = await children.run(process.execPath, [app], {
    env: { ...process.env, CDK_VALIDATION: 'false', CDK_OUTDIR: outdir },
  });
  if (exitCode === 0) return readAssembly(outdir);
  throw new CannotStart(reasonIn(stderr));
};

/** Why a synthesis ended with an error, from what it has printed: the message without the stack around it. */
export const reasonIn = (stderr: string): string => {
  const full = /ENOSPC|no space left on device/i.test(stderr);
  if (full) return 'The functions could not be bundled: no space is left for the folder .spillway.';
  const lines = stderr.split('\n');
  const first = lines.findIndex((line) => thrown.test(line));
  if (first === -1) return 'The templates could not be made, and the synthesis gave no reason.';
  const rest = lines.slice(first + 1);
  const end = rest.findIndex((line) => line.trim() === '' || stackLine.test(line));
  const [, name = '', said = ''] = thrown.exec(lines[first] ?? '') ?? [];
  const message = [said, ...rest.slice(0, end === -1 ? undefined : end)].join('\n').trimEnd();
  // Our own errors are whole sentences; others say nothing of what was being done.
  return /Failed$|^Invalid/.test(name) ? message : `The templates could not be made: ${message}`;
};

/** `BundleFailed: …`, `TypeError [ERR_X]: …`: how Node prints an error that nobody caught. */
const thrown = /^(?:Uncaught )?([A-Z]\w*)(?: \[\w+\])?: (.*)$/;
const stackLine = /^\s+at \S|^Node\.js v/;
