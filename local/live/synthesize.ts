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
  throw new CannotStart(
    reasonIn(stderr) ??
      `The templates could not be made: the synthesis ended with ${exitCode ?? 'a signal'} and gave no reason.`,
  );
};

/**
 * The reason why a Node program ended with an error: the message of the error that it printed, without its stack.
 * Undefined when it printed none.
 */
export const reasonIn = (stderr: string): string | undefined => {
  const lines = stderr.split('\n');
  const first = lines.findIndex((line) => /^(Uncaught )?[A-Z]\w*( \[\w+\])?: /.test(line));
  if (first === -1) return undefined;
  const rest = lines.slice(first + 1);
  const end = rest.findIndex((line) =>
    /^\s+at .*[:)]|^Node\.js v|^\s*(\[?(cause|errors?|code)\]?: .*)?[{}]?\s*$/.test(line),
  );
  return [
    lines[first]?.replace(/^(Uncaught )?[A-Z]\w*( \[\w+\])?: /, ''),
    ...rest.slice(0, end === -1 ? undefined : end),
  ]
    .join('\n')
    .trimEnd();
};
