import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { Context } from './context.ts';
import { createProgram, runProgram } from './program.ts';

/** A context without any world: whoever reaches for one fails. */
const context = (said: string[], codes: number[]): Context => ({
  configuration: () => Promise.reject(new Error('no configuration is to be read')),
  connection: () => {
    throw new Error('nobody is to be called');
  },
  clock: { now: () => 0, sleep: async () => undefined },
  out: (text) => said.push(text),
  progress: (text) => said.push(text),
  actor: 'ada',
  exit: (code) => codes.push(code),
});

/** The words that lead to each command that does something. */
const leavesOf = (command: Command, words: readonly string[] = []): readonly (readonly string[])[] =>
  command.commands.length === 0 ? [words] : command.commands.flatMap((each) => leavesOf(each, [...words, each.name()]));

describe('the command line', () => {
  const leaves = leavesOf(createProgram(context([], [])));

  it('has the commands that people are told of', () => {
    const first = new Set(leaves.map(([word]) => word));
    for (const word of 'status plan adopt deploy rollback restart scale freeze unfreeze hold release approve deny burst recall rollouts bursts explain verify-history simulate local'.split(
      ' ',
    ))
      expect(first).toContain(word);
  });

  it.each(leaves.map((words) => [words.join(' ')]))(
    '%s: tells its usage and its --json, and reads nothing for it',
    async (words) => {
      const said: string[] = [];
      const codes: number[] = [];
      await runProgram(context(said, codes), [...words.split(' '), '--help']);
      const help = said.join('\n');
      expect(help).toMatch(new RegExp(`^Usage: spillway ${words} `));
      expect(help).toMatch(/--json +\S/);
      expect(help).toMatch(/-h, --help/);
      expect(codes).toEqual([0]);
    },
  );
});
