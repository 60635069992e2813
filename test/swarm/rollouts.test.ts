import { describe, expect, it } from 'vitest';
import { coverageOf } from '../../local/swarm/coverage.ts';
import { rolloutSwarm } from '../../local/swarm/play-rollouts.ts';
import { playSwarmSeed } from '../../local/swarm/swarm-seed.ts';

const seeds = [2, 3, 4, 5, 6, 7];

describe('the swarm of rollouts', { timeout: 60_000 }, () => {
  it('breaks no rule in a few seeds, and draws kills, throttling, stale reads and lost events in them', async () => {
    const outcomes = [];
    for (const seed of seeds) outcomes.push(await playSwarmSeed(rolloutSwarm, seed, false));
    expect(outcomes.flatMap(({ seed, broken }) => broken.map((sentence) => `${seed}: ${sentence}`))).toEqual([]);
    const { drawn } = coverageOf(rolloutSwarm, outcomes);
    for (const fault of ['killed before a call', 'killed after a call', 'throttled', 'stale read', 'event lost'])
      expect(drawn[fault], fault).toBeGreaterThan(0);
  });

  it('gives one history for one seed', async () => {
    expect((await playSwarmSeed(rolloutSwarm, 2, true)).broken).toEqual([]);
  });
});
