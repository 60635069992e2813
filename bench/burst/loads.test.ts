import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findStep } from '../../local/replay/find-step.ts';
import { playedRates, readSynthetic, readTraces, syntheticNames } from './loads.ts';

const folder = mkdtempSync(join(tmpdir(), 'spillway-loads-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (...path: readonly string[]): string => {
  mkdirSync(join(folder, ...path.slice(0, -1)), { recursive: true });
  writeFileSync(join(folder, ...path), 'timestamp_s,count\n0,1\n60,2\n');
  return join(folder, ...path);
};
const names = (...files: readonly string[]): readonly string[] => readTraces(files).map(({ name }) => name);

describe("traces of one's own", () => {
  it('are named by their files, and by as many folders as tell them from each other and from the synthetic loads', () => {
    expect(names(file('x', 'a', 'mine.csv'), file('x', 'a', 'yours.csv'))).toEqual(['mine', 'yours']);
    expect(names(file('x', 'a', 'mine.csv'), file('x', 'b', 'mine.csv'))).toEqual(['a/mine', 'b/mine']);
    expect(names(file('x', 'a', 'mine.csv'), file('y', 'a', 'mine.csv'))).toEqual(['x/a/mine', 'y/a/mine']);
    expect(names(file('x', 'square.csv'))).toEqual(['x/square']);
  });

  it('are given once', () => {
    const mine = file('x', 'a', 'mine.csv');
    expect(() => names(mine, file('x', 'a', 'yours.csv'), mine)).toThrow(`${mine} is given twice`);
  });
});

it('the square and the flash have the steps that they were made with, and no other synthetic load has one', () => {
  const premises = { externalSlots: 20, serviceSeconds: 4, deadlineSeconds: 120 };
  const made = { square: { fromSeconds: 1_500, toSeconds: 2_100 }, flash: { fromSeconds: 1_500, toSeconds: 1_680 } };
  for (const coverage of [0.8, 1.2]) {
    const found = syntheticNames.flatMap((name) => {
      const step = findStep(playedRates(readSynthetic(name), coverage, premises).rates, 5);
      return step ? [[name, step]] : [];
    });
    expect(Object.fromEntries(found)).toEqual(made);
  }
});
