import { describe, expect, it } from 'vitest';
import { waitingProfile } from './waiting-profile.ts';

const at = (seconds: number): number => Date.parse('2026-11-23T12:00:00Z') + seconds * 1_000;
const count = (seconds: number, visible: number) => ({ atMs: at(seconds), visible, pickedUp: 0 });

describe('what waits, by when it was sent', () => {
  it('never falls: counts that contradict each other are averaged with as many before them as it takes', () => {
    const counts = [count(10, 1), count(20, 2), count(30, 6), count(40, 8)];
    const { sentBy, visible } = waitingProfile(counts, count(50, 1), at(0));
    expect([10, 20, 30, 40, 50].map((seconds) => sentBy(at(seconds)))).toEqual([1, 2, 5, 5, 5]);
    expect(visible).toBe(5);
    const last = waitingProfile([count(10, 1), count(20, 4), count(30, 8)], count(40, 2), at(0));
    expect([10, 20, 30, 40].map((seconds) => last.sentBy(at(seconds)))).toEqual([1, 4, 5, 5]);
  });

  it('believes the look that is taken, and no other count of its time or a later one', () => {
    expect(waitingProfile([count(50, 100)], count(50, 10), at(0)).visible).toBe(10);
    expect(waitingProfile([count(49, 100)], count(50, 10), at(0)).visible).toBe(55);
    expect(waitingProfile([count(0, 100)], count(50, 10), at(0)).visible).toBe(10);
  });
});
