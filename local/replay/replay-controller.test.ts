import { expect, it } from 'vitest';
import { usually } from './conditions.ts';
import type { ReplayOutcome } from './outcome.ts';
import { ours, planReplayed, runCell } from './run-cell.ts';

it('replays a flood through the deployed controller: every message once, Fargate asked for, used and given back', async () => {
  // Twenty slots carry 5 a second; for three minutes 15 come.
  const rates = Float64Array.from({ length: 900 }, (_, second) => (second >= 300 && second < 480 ? 15 : 2));
  const outcomes = new Map<string, ReplayOutcome>();
  const result = await runCell(
    {
      trace: 'flood',
      coverage: 1,
      rates,
      externalSlots: 20,
      serviceSeconds: 4,
      deadlineSeconds: 120,
      seed: 1,
      step: { fromSeconds: 300, toSeconds: 480 },
      condition: usually,
      policies: [planReplayed, ours],
      countFromSeconds: 0,
    },
    { onOutcome: (policy, outcome) => outcomes.set(policy, outcome) },
  );
  const measured = result.measures[ours];
  expect(measured?.messages).toBeGreaterThan(3_500);
  expect(measured).toMatchObject({ late: 0, lost: 0, doneTwice: 0 });
  expect(result.failures).toEqual({});
  expect(Number.isFinite(measured?.p99Seconds)).toBe(true);
  expect(measured?.starts).toBeGreaterThan(0);
  // Nobody can do with less than the bound, and the last task is gone when the replay ends.
  expect(measured?.taskSeconds).toBeGreaterThan(result.boundTaskSeconds);
  const tasks = outcomes.get(ours)?.tasks ?? [];
  expect(tasks.every(({ askedSeconds }) => askedSeconds > 300)).toBe(true);
  expect(Math.max(...tasks.map(({ goneSeconds }) => goneSeconds))).toBeLessThan(1_200);
  const waits = tasks.flatMap(({ billedFromSeconds, readySeconds, askedSeconds }) =>
    billedFromSeconds && readySeconds ? [[billedFromSeconds - askedSeconds, readySeconds - askedSeconds]] : [],
  );
  const mean = (index: number): number => waits.reduce((sum, wait) => sum + (wait[index] ?? 0), 0) / waits.length;
  // Provisioned in 15 s of which 2 pass before the task is there, pulled and started in 30.
  expect(mean(0)).toBeCloseTo(13, -1);
  expect(mean(1)).toBeCloseTo(43, -1);
  expect(result.measures[planReplayed]?.taskSeconds).toBeLessThan(1.3 * result.boundTaskSeconds);
});
