import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Who may import whom. Each rule says what to do instead, since a failing test is where a newcomer learns the layout. */

const root = resolve(import.meta.dirname, '..');
const folders = ['functions', 'infra', 'services', 'simulator', 'local', 'cli', 'bench', 'console', 'test'];

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const filesUnder = (folder: string): string[] => {
  try {
    return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !file.includes('node_modules'))
      .map((file) => join(folder, file));
  } catch {
    return [];
  }
};

const importsOf = (path: string, text: string): string[] =>
  [
    ...text.matchAll(
      /^\s*(?:import|export)\b[^'"`;]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]/gm,
    ),
  ]
    .map((match) => (match[1] ?? match[2] ?? match[3]) as string)
    .map((specifier) =>
      specifier.startsWith('.') ? relative(root, resolve(root, dirname(path), specifier)) : specifier,
    );

const sources: Source[] = [...folders.flatMap(filesUnder), 'spillway.config.ts'].map((path) => {
  const text = readFileSync(join(root, path), 'utf8');
  return { path, text, imports: importsOf(path, text) };
});

const isTest = (path: string): boolean => /\.test\.ts$/.test(path);
const isOurs = (specifier: string): boolean =>
  folders.some((folder) => specifier.startsWith(`${folder}/`)) || specifier === 'spillway.config.ts';
const program = sources.filter((source) => !isTest(source.path));

const violations = (
  inFolder: string,
  allowed: (specifier: string, path: string) => boolean,
  among = program,
): string[] =>
  among
    .filter((source) => source.path.startsWith(inFolder))
    .flatMap((source) =>
      source.imports
        .filter((specifier) => !allowed(specifier, source.path))
        .map((specifier) => `${source.path} imports ${specifier}`),
    );

describe('the architecture', () => {
  it('finds the sources', () => {
    expect(sources.length).toBeGreaterThan(20);
  });

  it('keeps functions/core pure: it imports nothing of ours outside core and no SDK', () => {
    const found = violations('functions/core/', (specifier) =>
      isOurs(specifier)
        ? specifier.startsWith('functions/core/')
        : !specifier.startsWith('@aws') && !specifier.startsWith('node:') && !specifier.startsWith('@middy'),
    );
    expect(found, 'Pass what the decision needs as an argument; AWS shapes belong in functions/adapters.').toEqual([]);
  });

  it('keeps clock, environment, randomness and I/O out of functions/core', () => {
    const ambient =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\bprocess\.env\b|\bfetch\(|\bsetTimeout\(|\bconsole\./;
    const found = program
      .filter((source) => source.path.startsWith('functions/core/') && ambient.test(source.text))
      .map((source) => source.path);
    expect(found, 'Decisions take the time and what was observed as arguments.').toEqual([]);
  });

  it('lets adapters import core only, and runtime core only', () => {
    const found = [
      ...violations(
        'functions/adapters/',
        (specifier) => !isOurs(specifier) || /^functions\/(core|adapters)\//.test(specifier),
      ),
      ...violations(
        'functions/runtime/',
        (specifier) => !isOurs(specifier) || /^functions\/(core|runtime)\//.test(specifier),
      ),
    ];
    expect(found, 'Move what both need into functions/core.').toEqual([]);
  });

  it('lets a function import core, adapters, runtime and its own folder', () => {
    const found = violations('functions/', (specifier, path) => {
      const folder = path.split('/').slice(0, 2).join('/');
      return (
        !isOurs(specifier) ||
        /^functions\/(core|adapters|runtime)\//.test(specifier) ||
        specifier.startsWith(`${folder}/`)
      );
    });
    expect(found, 'What two functions share belongs in core (a decision) or adapters (an AWS shape).').toEqual([]);
  });

  it('lets infra import the configuration only', () => {
    const found = violations(
      'infra/',
      (specifier) =>
        !isOurs(specifier) ||
        specifier.startsWith('infra/') ||
        specifier === 'spillway.config.ts' ||
        specifier === 'functions/core/configuration.ts',
    );
    expect(found, 'Name functions by their entry path; read state machines as files.').toEqual([]);
  });

  it('keeps the simulator apart: it imports none of functions, infra, services, local', () => {
    const found = violations(
      'simulator/',
      (specifier) => !isOurs(specifier) || specifier.startsWith('simulator/'),
      sources,
    );
    expect(found, 'A simulator that shares our code shares our mistakes; write it from what AWS documents.').toEqual(
      [],
    );
  });

  it('uses SDK packages in the simulator for their types only, tests apart', () => {
    const found = program
      .filter((source) => source.path.startsWith('simulator/'))
      .filter((source) => /^import (?!type)[^;]*?from '@aws-sdk\//m.test(source.text))
      .map((source) => source.path);
    expect(found, "Write `import type`: the service models' shapes, none of the client's code.").toEqual([]);
  });

  it('keeps the kernel free of AWS', () => {
    const found = violations(
      'simulator/kernel/',
      (specifier) => !isOurs(specifier) || specifier.startsWith('simulator/kernel/'),
    );
    expect(found, 'The kernel knows time, order, chance and the trace.').toEqual([]);
  });

  it('keeps time and chance of the simulator in the kernel', () => {
    const ambient =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\bprocess\.env\b|\bsetTimeout\(|\bsetInterval\(/;
    const found = program
      .filter(
        (source) =>
          source.path.startsWith('simulator/') &&
          source.path !== 'simulator/kernel/live-kernel.ts' &&
          ambient.test(source.text),
      )
      .map((source) => source.path);
    expect(found, 'Use kernel.now, kernel.after and kernel.draw.').toEqual([]);
  });

  it('lets services import nothing of ours but their own folder', () => {
    const found = violations('services/', (specifier, path) => {
      const folder = path.split('/').slice(0, 2).join('/');
      return !isOurs(specifier) || specifier.startsWith(`${folder}/`);
    });
    expect(found, 'A workload must run without the controller; each service builds alone.').toEqual([]);
  });

  it('lets only local, test, bench and the simulate command bring simulator and controller together', () => {
    const found = violations(
      'cli/',
      (specifier, path) =>
        !specifier.startsWith('simulator/') && (path.includes('simulate') || !specifier.startsWith('local/')),
    );
    expect(found, 'The command speaks to AWS through its API; what needs the simulator goes through local/.').toEqual(
      [],
    );
  });

  it('lets recorded cases know the simulator only', () => {
    const found = violations(
      'test/fidelity/',
      (specifier) => !isOurs(specifier) || /^(simulator|test\/fidelity)\//.test(specifier),
    );
    expect(found, 'What AWS was seen to do holds for any controller; ours has its own tests.').toEqual([]);
  });

  it('keeps entry files of functions to 20 lines without a branch', () => {
    const entries = program.filter((source) => /^functions\/[^/]+\/index\.ts$/.test(source.path));
    const found = entries
      .filter(
        (source) => source.text.trimEnd().split('\n').length > 20 || /\bif\s*\(|\?\s|\bswitch\b/.test(source.text),
      )
      .map((source) => source.path);
    expect(found, 'index.ts composes: environment → clients → handler. Decisions go to <verb-noun>.ts.').toEqual([]);
  });

  it('names files in kebab-case and never utils, helpers, common or manager', () => {
    const found = sources
      .map((source) => source.path)
      .filter((path) => path !== 'spillway.config.ts')
      .filter(
        (path) =>
          !/^[a-z0-9-]+(\.[a-z0-9-]+)*\.(ts|mjs|tsx)$/.test(path.split('/').at(-1) as string) ||
          /(^|\/|-)(utils|helpers|common|manager)(\/|-|\.)/.test(path),
      );
    expect(found, 'Name a file for the one idea in it.').toEqual([]);
  });

  it('does not mock modules', () => {
    const found = sources
      .filter(
        (source) =>
          isTest(source.path) && source.path !== 'test/architecture.test.ts' && /\bvi\.mock\(/.test(source.text),
      )
      .map((source) => source.path);
    expect(found, 'Fakes stand at send and at the clock only.').toEqual([]);
  });
});
