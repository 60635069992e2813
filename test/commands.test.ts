import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(resolve(root, 'package.json'), 'utf8'),
);
/** They take no options: the CDK's own entry, and what writes pages of docs/. */
const withoutOptions = ['synth', 'docs:rollouts', 'coverage:simulator'];
const commands = Object.entries(scripts).flatMap(([name, script]) => {
  const entry = /^(?:exec )?node (\S+\.ts)$/.exec(script)?.[1];
  return entry && !withoutOptions.includes(name) ? [[name, entry] as const] : [];
});

/** Each takes seconds to load the world that it plays in. */
const heavyNames = ['simulate', 'verdicts', 'bench:simulator', 'bench:burst'];
const heavy = commands.filter(([name]) => heavyNames.includes(name));
const light = commands.filter(([name]) => !heavyNames.includes(name));

describe('the commands of npm', () => {
  it('are those that people are told of', () => {
    expect(commands.map(([name]) => name).sort()).toEqual([
      'bench:burst',
      'bench:simulator',
      'fidelity',
      'load',
      'mutate',
      'push',
      'simulate',
      'start',
      'verdicts',
    ]);
  });

  it.concurrent.each(light)('npm run %s: tells its usage and its --json', { timeout: 60_000 }, async (name, entry) => {
    const { stdout } = await promisify(execFile)(process.execPath, [entry, '--help'], { cwd: root });
    expect(stdout).toMatch(new RegExp(`^Usage: npm (run )?${name}\\b`));
    expect(stdout).toMatch(/--json +\S/);
  });

  it.each(heavy)('npm run %s: declares its usage and its --json', (name, entry) => {
    const source = readFileSync(resolve(root, entry), 'utf8');
    expect(source).toContain(`new Command('npm run ${name} --')`);
    expect(source).toContain(".option('--json', ");
  });

  it('leave with exit code 2 where an argument is missing or wrong, and say which', { timeout: 60_000 }, async () => {
    const run = promisify(execFile)(process.execPath, ['test/fidelity/main.ts'], { cwd: root });
    await expect(run).rejects.toMatchObject({
      code: 2,
      stderr: "error: required option '--cases <folder>' not specified\n",
    });
  });
});
