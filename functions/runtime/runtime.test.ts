import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readEnvironment } from './environment.ts';
import { wrapHandler } from './wrap-handler.ts';

const silent = { POWERTOOLS_LOG_LEVEL: 'SILENT' };

describe('a wrapped handler', () => {
  const doubled = wrapHandler({
    folder: 'double',
    env: silent,
    input: z.object({ n: z.number() }),
    run: async ({ n }) => {
      if (n < 0) throw Object.assign(new Error('below zero'), { name: 'BelowZero' });
      return { n: 2 * n };
    },
    summary: () => ({}),
  });

  it('answers what the function answers, with and without a context', async () => {
    expect(await doubled({ n: 2 })).toEqual({ n: 4 });
  });

  it('rethrows the error of the function under its own name', async () => {
    await expect(doubled({ n: -1 })).rejects.toMatchObject({ name: 'BelowZero', message: 'below zero' });
  });

  it('refuses an event that has not its shape', async () => {
    await expect(doubled({ n: 'two' })).rejects.toMatchObject({ name: 'InvalidEvent' });
  });
});

describe('the environment', () => {
  it('is read by name', () => {
    expect(readEnvironment({ A: '1', B: '2' }, 'double', ['A'])).toEqual({ A: '1' });
  });

  it('that lacks a variable says which, and whose', () => {
    expect(() => readEnvironment({ A: '' }, 'double', ['A'])).toThrow(/double needs the environment variable A/);
  });
});
