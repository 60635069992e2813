import { join, resolve } from 'node:path';
import { type BuildFailure, buildSync } from 'esbuild';

const projectRoot = resolve(import.meta.dirname, '../..');

/** Entry file of a function, from the root of the project. */
export const entryOf = (folder: string): string => `functions/${folder}/index.ts`;

/** Thrown when a function cannot be bundled: says where and why, one line for each mistake. */
export class BundleFailed extends Error {
  override readonly name = 'BundleFailed';
}

const isBuildFailure = (error: unknown): error is BuildFailure => error instanceof Error && 'errors' in error;

const explained = ({ errors }: BuildFailure): string =>
  errors
    .map(({ text, location }) => (location ? `${location.file}:${location.line}:${location.column}: ${text}` : text))
    .join('\n  ');

/**
 * Bundles functions with one call of the local esbuild, each into `<outdir>/<folder>/index.mjs`. Everything is bundled,
 * the SDK too: what was tested is what runs, whatever version the runtime brings along.
 * @returns the folder of each function's bundle.
 * @throws BundleFailed
 */
export const bundleFunctions = (folders: readonly string[], outdir: string): ReadonlyMap<string, string> => {
  try {
    buildSync({
      absWorkingDir: projectRoot,
      entryPoints: folders.map((folder) => ({ in: entryOf(folder), out: `${folder}/index` })),
      outdir,
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      // `.mjs` says what it is wherever it is unpacked; `.js` would mean what the next package.json above it says.
      outExtension: { '.js': '.mjs' },
      mainFields: ['module', 'main'],
      minify: true,
      // The names of our errors are a contract with the state machines, and class names stand in logs.
      keepNames: true,
      sourcemap: 'linked',
      sourcesContent: false,
      legalComments: 'none',
      // CommonJS packages inside an ES module call `require` for Node's own modules.
      banner: {
        js: "import { createRequire as spillwayRequire } from 'node:module'; const require = spillwayRequire(import.meta.url);",
      },
      logLevel: 'silent',
    });
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw new BundleFailed(`The functions could not be bundled: ${explained(error)}`, { cause: error });
  }
  return new Map(folders.map((folder) => [folder, join(outdir, folder)]));
};
