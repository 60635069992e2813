import { expect, it } from 'vitest';
import { playMainJob } from '../../local/simulate/main-job.ts';
import { sampleMaterial } from './material.ts';

it('main-job: every promise of the story comes true', { timeout: 60_000 }, async () => {
  const result = await playMainJob(await sampleMaterial(), 1, () => undefined);
  expect(result.checks.filter((check) => !check.ok)).toEqual([]);
});
