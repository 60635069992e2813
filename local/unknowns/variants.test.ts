import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultFidelity } from '../../simulator/cloud/fidelity.ts';
import { unknowns } from '../../simulator/cloud/unknowns.ts';
import { coverPairs } from './pairs.ts';
import { describeVariant, variantOfSeed, variants } from './variants.ts';

describe('rows that cover all pairs', () => {
  it.each([[[2, 2]], [[2, 3, 4]], [[3, 3, 3, 3, 2, 2, 2, 2]], [[1, 2, 5]]])(
    'hold every two settings of %j',
    (sizes) => {
      const rows = coverPairs(sizes);
      for (const [a, countA] of sizes.entries())
        for (const [b, countB] of sizes.entries())
          for (let x = 0; x < countA; x += 1)
            for (let y = 0; y < countB; y += 1)
              if (a < b) expect(rows.some((row) => row[a] === x && row[b] === y)).toBe(true);
    },
  );

  it('begin with all zeros, are no more than a third of all combinations, and are always the same', () => {
    const sizes = [2, 2, 2, 2, 2, 2];
    const rows = coverPairs(sizes);
    expect(rows[0]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(rows.length).toBeLessThanOrEqual(64 / 3);
    expect(coverPairs(sizes)).toEqual(rows);
  });
});

describe('the unknowns of AWS', () => {
  it('have the default as their first setting, and a value each that is another', () => {
    for (const { option, settings } of unknowns) {
      expect(settings[0]?.apply(defaultFidelity), option).toEqual(defaultFidelity);
      const labels = new Set(settings.map(({ label }) => label));
      expect(labels.size, option).toBe(settings.length);
      expect(labels.size, option).toBeGreaterThan(1);
    }
  });

  it('are each asked once, with what is known', () => {
    expect(new Set(unknowns.map(({ option }) => option)).size).toBe(unknowns.length);
    for (const { option, question, source } of unknowns) {
      expect(question, option).toMatch(/\?$/);
      expect(source, option).toMatch(/\.$/);
    }
  });

  it('have each a way to be found out in docs/calibrate.md, and nothing else has', () => {
    const page = readFileSync(new URL('../../docs/calibrate.md', import.meta.url), 'utf8');
    const headings = [...page.matchAll(/^### `(.+)`$/gm)].map(([, option]) => option);
    expect(headings).toEqual(unknowns.map(({ option }) => option));
  });

  it('are played in no more than sixteen variants, the first with every default', () => {
    expect(variants[0]?.fidelity).toEqual(defaultFidelity);
    expect(describeVariant(variants[0] as (typeof variants)[number])).toBe('all defaults');
    expect(variants.length).toBeLessThanOrEqual(16);
  });

  it('are drawn in turn by the seeds of a long run', () => {
    const drawn = new Set(Array.from({ length: variants.length }, (_, seed) => variantOfSeed(seed + 1).number));
    expect(drawn.size).toBe(variants.length);
  });
});
