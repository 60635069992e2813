import { describe, expect, it } from 'vitest';
import { breakerThreshold, deploymentBounds, launchDelayMs } from './deployment-arithmetic.ts';

const bounds = (desired: number, minimumHealthyPercent: number, maximumPercent: number) =>
  deploymentBounds(desired, { minimumHealthyPercent, maximumPercent });

describe('the bounds of a rolling deployment (deployment-type-ecs)', () => {
  it('round minimumHealthyPercent up and maximumPercent down, as in the page’s worked values', () => {
    expect(bounds(4, 50, 200)).toEqual({ healthyMin: 2, totalMax: 8 });
    expect(bounds(2, 75, 200).healthyMin).toBe(2);
    expect(bounds(3, 100, 125).totalMax).toBe(3);
  });

  it('is nothing at count 0', () => {
    expect(bounds(0, 100, 200)).toEqual({ healthyMin: 0, totalMax: 0 });
  });
});

describe('the threshold of the circuit breaker (deployment-circuit-breaker, ThresholdConfiguration)', () => {
  const byDefault = { enable: true, rollback: false };

  it('is half of the count, rounded up, at least 3 and at most 200', () => {
    const thresholds = [1, 6, 7, 25, 400, 800].map((count) => breakerThreshold(count, byDefault));
    expect(thresholds).toEqual([3, 3, 4, 13, 200, 200]);
  });

  it('is the configured count, or the percentage without its bounds', () => {
    expect(breakerThreshold(10, { ...byDefault, thresholdConfiguration: { type: 'COUNT', value: 2 } })).toBe(2);
    expect(
      breakerThreshold(2, { ...byDefault, thresholdConfiguration: { type: 'UNBOUNDED_PERCENT', value: 50 } }),
    ).toBe(1);
  });
});

describe('the delay of launches that never reach RUNNING (service-throttle-logic)', () => {
  it('doubles from its base and ends at 27 minutes', () => {
    const limits = { launchBackoffBaseMs: 180_000, launchBackoffMaxMs: 1_620_000 };
    expect([1, 2, 3, 4, 5, 60].map((round) => launchDelayMs(round, limits) / 60_000)).toEqual([3, 6, 12, 24, 27, 27]);
  });
});
