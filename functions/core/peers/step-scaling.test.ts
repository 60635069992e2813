import { describe, expect, it } from 'vitest';
import { stepChange, stepScaling } from './step-scaling.ts';

/** The worked example of the Application Auto Scaling user guide, "Step scaling policies": threshold 50, steps at 10 and 20 from it. */
const guide = {
  adjustment: 'percent-change-in-capacity',
  steps: [
    { below: 30.000_1, change: -30 },
    { from: 30.000_1, below: 40.000_1, change: -10 },
    { from: 40.000_1, below: 60, change: 0 },
    { from: 60, below: 70, change: 10 },
    { from: 70, change: 30 },
  ],
} as const;

describe('step scaling', () => {
  it('goes from 10 tasks to 11 at 60 and from 11 to 14 at 70, as the guide reckons', () => {
    expect(10 + stepChange(10, guide, 60)).toBe(11);
    expect(11 + stepChange(11, guide, 70)).toBe(14);
  });

  it('goes from 14 tasks to 13 at 40 and from 13 to 10 at 30', () => {
    expect(14 + stepChange(14, guide, 40)).toBe(13);
    expect(13 + stepChange(13, guide, 30)).toBe(10);
  });

  it('keeps the tasks between the thresholds', () => {
    expect(stepChange(10, guide, 59.9)).toBe(0);
    expect(stepChange(10, guide, 40.1)).toBe(0);
  });

  it('rounds less than a task to a whole one, away from zero', () => {
    expect(stepChange(4, guide, 60)).toBe(1);
    expect(stepChange(4, guide, 40)).toBe(-1);
  });

  it('changes by tasks where it is told in tasks', () => {
    const steps = [
      { from: 100, below: 500, change: 1 },
      { from: 500, change: 5 },
    ];
    expect(stepChange(10, { adjustment: 'change-in-capacity', steps }, 499)).toBe(1);
    expect(stepChange(10, { adjustment: 'change-in-capacity', steps }, 500)).toBe(5);
  });

  it('takes nothing back within the cooldown of what was added, and stays within its bounds', () => {
    const peer = stepScaling({ ...guide, minTasks: 10, maxTasks: 12, cooldownSeconds: 60 });
    const look = { inFlight: 0, running: 10 };
    const out = peer.decide({ ...look, visible: 70, desired: 10 }, peer.initial, 0);
    expect(out.desired).toBe(12);
    expect(peer.decide({ ...look, visible: 0, desired: 12 }, out.state, 59).desired).toBe(12);
    expect(peer.decide({ ...look, visible: 0, desired: 12 }, out.state, 60).desired).toBe(10);
  });
});
