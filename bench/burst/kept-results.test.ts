import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usually } from '../../local/replay/conditions.ts';
import type { Cell, CellResult } from '../../local/replay/run-cell.ts';
import { codeVersion, KeptResults } from './kept-results.ts';

const cell: Cell = {
  trace: 'square',
  coverage: 1.2,
  rates: Float64Array.from([1, 2, 3]),
  externalSlots: 20,
  serviceSeconds: 4,
  deadlineSeconds: 120,
  seed: 1,
  condition: usually,
  policies: ['spillway'],
  countFromSeconds: 0,
};
const result: CellResult = {
  boundTaskSeconds: 3_600,
  workTaskSeconds: 3_000,
  measures: {
    spillway: {
      messages: 6,
      late: 1,
      lost: 1,
      doneTwice: 0,
      p99Seconds: Number.POSITIVE_INFINITY,
      longestSeconds: Number.POSITIVE_INFINITY,
      taskSeconds: 60,
      idleSeconds: 1,
      startingSeconds: 30,
      starts: 1,
      peakTasks: 1,
      firstLaunchSeconds: undefined,
      recallSeconds: undefined,
    },
  },
  failures: {},
  cpuSeconds: 1,
  controllerCpuSeconds: 1,
};
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'kept-results-'));

describe('results that are kept', () => {
  it('are those of the same question to the same code', () => {
    const folder = newFolder();
    const kept = new KeptResults(folder, 'a');
    expect(kept.read()(cell)).toBeUndefined();
    kept.keep(cell, result);
    expect(kept.read()(cell)).toEqual(result);
    expect(kept.read()({ ...cell, seed: 2 })).toBeUndefined();
    expect(kept.read()({ ...cell, policies: ['spillway', 'KEDA, defaults'] })).toBeUndefined();
    expect(kept.read()({ ...cell, rates: Float64Array.from([1, 2, 4]) })).toBeUndefined();
    expect(new KeptResults(folder, 'b').read()(cell)).toBeUndefined();
  });

  it('are read past a line that an interrupted run left half written, and without what failed', () => {
    const kept = new KeptResults(newFolder(), 'a');
    kept.keep(cell, result);
    kept.keep({ ...cell, seed: 2 }, { ...result, measures: {}, failures: { spillway: 'not released' } });
    appendFileSync(kept.file, readFileSync(kept.file, 'utf8').slice(0, 50));
    expect(kept.read()(cell)).toEqual(result);
    expect(kept.read()({ ...cell, seed: 2 })).toBeUndefined();
  });

  it('have one version as long as nobody changes the code', () => {
    expect(codeVersion()).toMatch(/^[0-9a-f]{12}$/);
    expect(codeVersion()).toBe(codeVersion());
  });
});
