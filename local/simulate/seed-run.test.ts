import { expect, it } from 'vitest';
import type { WorldMaterial } from '../virtual/world.ts';
import type { StoryResult } from './main-job.ts';
import { playSeed } from './seed-run.ts';

const material = {} as WorldMaterial;
const story = (traceHash: string, ok = true): StoryResult => ({
  scenario: 'main-job',
  seed: 7,
  traceHash,
  virtualSeconds: 600,
  events: 10,
  checks: [{ rule: 'v2 is released', ok, found: 'nothing' }],
  orders: { sent: 0, refused: 0, processed: 0, twice: 0, lost: 0, onFargate: 0 },
});

it('finds no fault where the story comes true and both runs have one history', async () => {
  const outcome = await playSeed(async () => story('a'), material, { seed: 7, variant: 0 }, true);
  expect(outcome).toEqual({ seed: 7, variant: 0, traceHash: 'a', virtualSeconds: 600, events: 10, faults: [] });
});

it('names the promise that did not come true, with what was found', async () => {
  const { faults } = await playSeed(async () => story('a', false), material, { seed: 7, variant: 0 }, false);
  expect(faults).toEqual(['not true: v2 is released; found nothing']);
});

it('finds two histories of one seed', async () => {
  const hashes = ['a', 'b'];
  const { faults } = await playSeed(async () => story(hashes.shift() ?? ''), material, { seed: 7, variant: 0 }, true);
  expect(faults).toEqual(['two runs, two histories: a and b']);
});

it('tells an error that escaped the world as a fault of the seed', async () => {
  const { faults } = await playSeed(
    async () => {
      throw new Error('broken');
    },
    material,
    { seed: 7, variant: 0 },
    true,
  );
  expect(faults[0]).toContain('an error that nobody handled: Error: broken');
});
