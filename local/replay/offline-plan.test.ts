import { describe, expect, it } from 'vitest';
import { drawArrivals } from './arrivals.ts';
import { solveOffline } from './offline-plan.ts';

const fargate = { billedStartSeconds: 30, paidSeconds: 60 };
const lump = (workSeconds: number) => ({
  atSeconds: Float64Array.of(0),
  workSeconds: Float64Array.of(workSeconds),
  durationSeconds: 10,
});

describe('the offline plan', () => {
  it('needs nothing for what the premises can pick up in time', async () => {
    // One slot, 60 s: seven bins of 10 s lie between the arrival and the end of the deadline's bin.
    expect((await solveOffline(lump(70), { externalSlots: 1, deadlineSeconds: 60 }, fargate)).taskSeconds).toBe(0);
  });

  it('spreads an overflow over the whole deadline, since each start costs', async () => {
    const plan = await solveOffline(lump(200), { externalSlots: 1, deadlineSeconds: 60 }, fargate);
    // 130 s of work over 70 s are 130 / 70 tasks, each with 30 billed seconds of start.
    expect(plan.taskSeconds).toBeCloseTo(130 + 30 * (130 / 70), 6);
    expect(plan.workTaskSeconds).toBe(130);
    expect([...plan.ready.slice(0, 7)].every((ready) => Math.abs(ready - 130 / 70) < 1e-6)).toBe(true);
  });

  it('keeps a task for its paid minute', async () => {
    // Due within one bin: 90 s of work beyond the premises' 10 need nine tasks for 10 s, and each is paid for 30 s of work.
    const plan = await solveOffline(lump(100), { externalSlots: 1, deadlineSeconds: 9 }, fargate);
    expect(plan.taskSeconds).toBeCloseTo(9 * 60, 6);
  });

  it('is never below the work bound, and close to it for a long burst', async () => {
    const rates = Float64Array.from({ length: 3_600 }, (_, second) => (second > 600 && second < 2_400 ? 12 : 2));
    const premises = { externalSlots: 20, deadlineSeconds: 120 };
    for (const seed of [1, 2, 3]) {
      const plan = await solveOffline(drawArrivals(rates, 4, seed), premises, fargate);
      expect(plan.taskSeconds / plan.workTaskSeconds).toBeGreaterThan(1.002);
      expect(plan.taskSeconds / plan.workTaskSeconds).toBeLessThan(1.1);
    }
  });
});
