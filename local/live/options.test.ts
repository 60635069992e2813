import { expect, it } from 'vitest';
import { parseOptions } from './options.ts';

const parse = (...args: string[]) => {
  const said = { out: '', error: '' };
  const parsed = parseOptions(args, {
    out: (text) => {
      said.out += text;
    },
    error: (text) => {
      said.error += text;
    },
  });
  return { parsed, ...said };
};

it('has a default for everything', () => {
  expect(parse().parsed).toEqual({ options: { port: 4566, webPort: 8080, pace: 10, json: false } });
});

it('takes what is given', () => {
  expect(parse('--port', '1', '--web-port', '65535', '--pace', '1000', '--json').parsed).toEqual({
    options: { port: 1, webPort: 65_535, pace: 1_000, json: true },
  });
});

it.each([
  [
    ['--pace', '0'],
    "error: option '--pace <number>' argument '0' is invalid. Accepted is a whole number from 1 to 1000.\n",
  ],
  [
    ['--pace', '1.5'],
    "error: option '--pace <number>' argument '1.5' is invalid. Accepted is a whole number from 1 to 1000.\n",
  ],
  [
    ['--port', ''],
    "error: option '--port <number>' argument '' is invalid. Accepted is a whole number from 1 to 65535.\n",
  ],
  [
    ['--port', '65536'],
    "error: option '--port <number>' argument '65536' is invalid. Accepted is a whole number from 1 to 65535.\n",
  ],
  [['--port', '8080'], 'error: --port and --web-port are both 8080; give them different ports.\n'],
  [['--verbose'], "error: unknown option '--verbose'\n"],
  [['orders-api'], 'error: too many arguments. Expected 0 arguments but got 1.\n'],
])('refuses %s in one sentence', (args, sentence) => {
  const { parsed, out, error } = parse(...args);
  expect([parsed, out, error]).toEqual([{ exitCode: 2 }, '', sentence]);
});

it('helps on standard output', () => {
  const { parsed, out, error } = parse('--help');
  expect([parsed, error]).toEqual([{ exitCode: 0 }, '']);
  expect(out).toContain('Exit codes: 0 ended by Ctrl-C');
});
