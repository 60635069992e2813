import { describe, expect, it } from 'vitest';
import { busiestWindow, perSecond, scaledTo } from './traffic.ts';

const traffic = (widthSeconds: number, counts: readonly number[]) => ({
  name: 'test',
  gaps: 0,
  bins: counts.map((count, index) => ({ startSeconds: index * widthSeconds, widthSeconds, count })),
});
const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

describe('traffic', () => {
  it('spreads a narrow bin evenly', () => {
    expect([...perSecond(traffic(2, [4, 10]))]).toEqual([2, 2, 5, 5]);
  });

  it('adds bins of less than a second up', () => {
    expect([...perSecond(traffic(0.5, [1, 2, 3, 4]))]).toEqual([3, 7]);
  });

  it('joins bins of a minute by straight lines between their middles', () => {
    const rates = perSecond(traffic(60, [60, 120, 60]));
    // The middle of the first bin is at 30 s with 1 a second, that of the second at 90 s with 2: half way is 1.5.
    expect(rates[0]).toBe(1);
    expect(rates[59]).toBeCloseTo(1 + 29.5 / 60, 9);
    expect(rates[60]).toBeCloseTo(1 + 30.5 / 60, 9);
    expect(rates[89]).toBeCloseTo(2 - 0.5 / 60, 9);
  });

  it('leaves bins of 59 s as they are', () => {
    expect(perSecond(traffic(59, [59, 118]))[58]).toBe(1);
  });

  it('has nothing in a gap', () => {
    const bins = [
      { startSeconds: 0, widthSeconds: 2, count: 2 },
      { startSeconds: 4, widthSeconds: 2, count: 2 },
    ];
    expect([...perSecond({ name: 'test', gaps: 1, bins })]).toEqual([1, 1, 0, 0, 1, 1]);
  });

  it('is scaled so that the premises carry coverage times its mean', () => {
    const scaled = scaledTo(Float64Array.from([1, 3]), 0.8, { externalSlots: 20, serviceSeconds: 4 });
    // 20 slots of 4 s carry 5 a second, which is 0.8 times 6.25.
    expect(sum(scaled) / 2).toBeCloseTo(6.25, 9);
    expect((scaled[1] as number) / (scaled[0] as number)).toBeCloseTo(3, 9);
  });

  it('finds the part that overflows most when the premises are sized for that part', () => {
    const quiet = Array(60).fill(100);
    const steadyAndBusy = Array(60).fill(110);
    const bursty = [...Array(54).fill(10), ...Array(6).fill(400)];
    const rates = perSecond(traffic(10, [...quiet, ...steadyAndBusy, ...bursty, ...quiet]));
    const premises = { externalSlots: 20, serviceSeconds: 4, deadlineSeconds: 10 };
    const found = busiestWindow(rates, 600, 10, 1.2, premises);
    expect(found.rates).toHaveLength(600);
    // The burst of a minute lies at 1,740 s: only a part with it overflows.
    expect(found.startSeconds).toBeGreaterThan(1_140);
    expect(found.startSeconds).toBeLessThanOrEqual(1_740);
  });

  it('is whole when it is no longer than the part', () => {
    const rates = perSecond(traffic(10, [1, 2]));
    const premises = { externalSlots: 20, serviceSeconds: 4, deadlineSeconds: 120 };
    expect(busiestWindow(rates, 20, 10, 1.2, premises)).toEqual({ startSeconds: 0, rates });
  });
});
