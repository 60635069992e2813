import { describe, expect, it } from 'vitest';
import { workBound } from './work-bound.ts';

const limits = { stepSeconds: 10, externalSlots: 2, deadlineSeconds: 60 };

describe('the work bound', () => {
  it('is nothing while the premises can pick up within the deadline', () => {
    // 140 s of work: 20 are done in the step, and 120 are what two slots pick up in a minute.
    expect(workBound([140], limits)).toBe(0);
    expect(workBound([141], limits)).toBe(1);
  });

  it('counts work once, and lets the premises go on with what is left', () => {
    // 180 beyond the 120 overflow at once; the next step frees 20 of those 120, which its 50 fill, 30 too many.
    expect(workBound([320, 50], limits)).toBe(180 + 30);
  });

  it('lets a quiet time be no credit', () => {
    expect(workBound([0, 0, 0, 141], limits)).toBe(1);
  });

  it('takes the slots of each step where they change, and none where nobody tells', () => {
    expect(workBound([141, 0], { ...limits, externalSlots: [2, 2] })).toBe(1);
    // The machine is gone in the second step: what two slots could still pick up must run elsewhere.
    expect(workBound([140, 0], { ...limits, externalSlots: [2, 0] })).toBe(120);
    expect(workBound([140, 0], { ...limits, externalSlots: [2] })).toBe(120);
  });
});
