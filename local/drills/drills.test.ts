import { describe, expect, it } from 'vitest';
import { drills } from './drills.ts';
import { runDrill } from './run-drill.ts';

describe('ECS by itself does what AWS documents, second by second', () => {
  it.each(Object.entries(drills))('%s', async (_name, drill) => {
    const { verdicts } = await runDrill(drill, 1);
    expect(verdicts.length).toBeGreaterThan(5);
    expect(verdicts.filter(({ ok }) => !ok)).toEqual([]);
  });

  it.each(Object.entries(drills))('%s has one history for one seed', async (_name, drill) => {
    expect((await runDrill(drill, 7)).traceHash).toBe((await runDrill(drill, 7)).traceHash);
  });
});
