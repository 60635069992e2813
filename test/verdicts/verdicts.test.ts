import { expect, it } from 'vitest';
import { playScenario } from '../../local/verdicts/play-scenario.ts';
import { scenarios } from '../../local/verdicts/scenarios/scenarios.ts';

/** Plays a world for every step of a rollout: `npm run verdicts` has the time. */
const long = ['controller function killed at any step'];

it.each(scenarios.filter(({ state }) => !long.includes(state)))(
  '$state: $expected.verdict ($expected.cause)',
  { timeout: 60_000 },
  async (scenario) => {
    const { got, faults } = await playScenario(scenario);
    expect(got).toEqual(scenario.expected);
    expect(faults).toEqual([]);
  },
);
