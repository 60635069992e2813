import { describe, expect, it } from 'vitest';
import { commitSeconds, effectiveCap, leastBudgetUsd } from './burst-caps.ts';

const fresh = { atMs: 0, hourUsd: 0, dayUsd: 0 };

describe('the least budget of a burst', () => {
  it.each([
    [0, 100, 1],
    [0, 150, 2],
    [0, 200, 2],
    [3, 100, 1],
    [3, 150, 3],
    [3, 200, 5],
  ])(
    'with %d tasks at rest and %d %% in a rollout pays for %d more, and is where the cap begins to add one',
    (fargateBase, fargateMaximumPercent, tasks) => {
      const limits = {
        fargateBase,
        fargateMaximumPercent,
        fargateCaps: { configuration: 50 },
        fargateHourlyUsd: 0.036,
      };
      const least = leastBudgetUsd(limits, 100);
      // A task costs a thousandth of a dollar in 100 s.
      expect(least).toBeCloseTo(0.001 * tasks, 9);
      const capAt = (hourlyUsdMax: number) => effectiveCap({ ...limits, hourlyUsdMax }, fresh, 100).tasks;
      expect([capAt(least - 1e-9), capAt(least + 1e-9)]).toEqual([fargateBase, fargateBase + 1]);
    },
  );

  it('counts no rollout where nothing is known of one', () => {
    expect(leastBudgetUsd({ fargateBase: 1, fargateHourlyUsd: 3_600 }, 2)).toBe(2);
  });

  it('is for three minutes without a look, two looks, and half a minute of stopping', () => {
    expect(commitSeconds(10)).toBe(230);
    expect(commitSeconds(300)).toBe(810);
  });
});
