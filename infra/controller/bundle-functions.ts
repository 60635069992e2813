import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const projectRoot = resolve(import.meta.dirname, '../..');

/** Entry file of a function, from the root of the project. */
export const entryOf = (folder: string): string => `functions/${folder}/index.ts`;

/**
 * Bundles functions with one call of the local esbuild, each into `<outdir>/<folder>/index.mjs`. Everything is bundled,
 * the SDK too: what was tested is what runs, whatever version the runtime brings along.
 * @returns the folder of each function's bundle.
 * @throws esbuild's own error, with file and line, when a bundle fails.
 */
export const bundleFunctions = (folders: readonly string[], outdir: string): ReadonlyMap<string, string> => {
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
  return new Map(folders.map((folder) => [folder, join(outdir, folder)]));
};
