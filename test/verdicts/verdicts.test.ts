import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorName, verdicts } from '../../functions/core/verdict.ts';
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

/** Ends of bursts that no whole burst comes to in a test, each with what holds it instead. */
const stated: Readonly<Record<string, string>> = {
  'superseded/lease-lost':
    'two executions of one burst at once: functions/core/burst.test.ts hands over to a burst that has gone on elsewhere',
  'recall-failed/needs-a-person': 'functions/core/burst.test.ts: the counts could not be set back',
};

describe('the list of verdicts', () => {
  it('has no end of a rollout that no scenario plays', () => {
    const played = new Set(scenarios.map(({ expected: { verdict, cause } }) => `${verdict}/${cause}`));
    const ends = verdicts.filter(({ of }) => of === 'rollout').map(({ verdict, cause }) => `${verdict}/${cause}`);
    expect(ends.filter((end) => !played.has(end))).toEqual([]);
    expect([...played].filter((end) => !ends.includes(end))).toEqual([]);
  });

  it('has no end of a burst that neither a whole burst comes to nor has a reason why none does', () => {
    const tests = ['../state-machines/scenarios.test.ts', '../virtual/bursts.test.ts']
      .map((path) => readFileSync(resolve(import.meta.dirname, path), 'utf8'))
      .join('\n');
    const isOnlyHere = (cause: string): boolean => verdicts.filter((each) => each.cause === cause).length === 1;
    const wordsOf = (entry: (typeof verdicts)[number]): readonly string[] => [
      `'${entry.verdict}/${entry.cause}'`,
      `'${errorName(entry)}'`,
      // The cause alone says which end it is where no other end has it.
      ...(isOnlyHere(entry.cause) ? [`cause: '${entry.cause}'`, `'REFUSED', '${entry.cause}'`] : []),
    ];
    const unplayed = verdicts.filter(
      (entry) => entry.of === 'burst' && wordsOf(entry).every((words) => !tests.includes(words)),
    );
    expect(unplayed.map(({ verdict, cause }) => `${verdict}/${cause}`).sort()).toEqual(Object.keys(stated).sort());
  });
});
