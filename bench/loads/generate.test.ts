import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTraffic } from '../../local/replay/read-traffic.ts';
import { csvOf, loads } from './generate.ts';

describe('the synthetic loads', () => {
  it.each(Object.entries(loads()))('%s is what its committed file says', (name, load) => {
    const file = `${name}.csv`;
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    expect(text).toBe(csvOf(name, load));
    const { bins, gaps } = readTraffic(text, file);
    expect(gaps).toBe(0);
    expect(bins.length * load.binSeconds).toBeLessThanOrEqual(7_200);
  });

  it('are all the files there are', () => {
    const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.csv'));
    expect(files.toSorted()).toEqual(
      Object.keys(loads())
        .map((name) => `${name}.csv`)
        .toSorted(),
    );
  });
});
