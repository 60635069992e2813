import { expect, it } from 'vitest';
import { isRight, playScenario } from '../../local/verdicts/play-scenario.ts';
import { scenarios } from '../../local/verdicts/scenarios/scenarios.ts';

/** What a mutant of core must get past besides core's own tests: the ends that go through most decisions, in a second. */
const states = [
  'completed',
  'image missing',
  'crash after start on premises only, after the Fargate side was done',
  'changed by someone else mid-rollout: task definition',
  'superseded by a newer rollout at a safe point',
];

it.each(scenarios.filter(({ state }) => states.includes(state)))('$state', async (scenario) => {
  const played = await playScenario(scenario);
  expect(isRight(played), JSON.stringify(played)).toBe(true);
});
