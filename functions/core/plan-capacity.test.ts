import { describe, expect, it } from 'vitest';
import { late, missing, type Outlook, type Serving, spare } from './plan-capacity.ts';
import { waitingProfile } from './waiting-profile.ts';

const nowMs = Date.parse('2026-11-23T12:00:00Z');
const ago = (seconds: number): number => nowMs - seconds * 1_000;

/** 600 messages, sent evenly over the last minute. */
const profile = waitingProfile([], { atMs: nowMs, visible: 600, pickedUp: 0 }, ago(60));
const outlook = (serving: readonly Serving[], arriving = 0): Outlook => ({ profile, nowMs, serving, arriving });
const five: Serving = { perSecond: 5, readySeconds: 0 };

describe('the waiting messages by age', () => {
  it('are spread evenly from the oldest one to now', () => {
    expect([61, 60, 30, 0, -5].map((seconds) => profile.sentBy(ago(seconds)))).toEqual([0, 0, 300, 600, 600]);
  });

  it('are those of an earlier look, less what was picked up since, and what came after it', () => {
    const counts = [{ atMs: ago(20), visible: 400, pickedUp: 0 }];
    const known = waitingProfile(counts, { atMs: nowMs, visible: 500, pickedUp: 100 }, ago(60));
    // 300 of the 400 still wait; the other 200 came in the last 20 s.
    expect([60, 40, 20, 10, 0].map((seconds) => known.sentBy(ago(seconds)))).toEqual([0, 150, 300, 400, 500]);
  });

  it('never grow fewer with time, whatever the counts say: two that contradict each other are both half right', () => {
    const counts = [{ atMs: ago(20), visible: 700, pickedUp: 100 }];
    const known = waitingProfile(counts, { atMs: nowMs, visible: 500, pickedUp: 100 }, ago(60));
    expect([20, 10, 0].map((seconds) => known.sentBy(ago(seconds)))).toEqual([600, 600, 600]);
  });

  it('hold nothing that is older than the oldest one', () => {
    const counts = [{ atMs: ago(90), visible: 700, pickedUp: 0 }];
    expect(waitingProfile(counts, { atMs: nowMs, visible: 600, pickedUp: 0 }, ago(60)).sentBy(ago(61))).toBe(0);
  });
});

describe('the tasks that are missing', () => {
  const task = { perSecond: 0.25, lagSeconds: 50 };

  it('are none as long as what falls due can be picked up: 600 within 120 s at 5 a second', () => {
    expect(missing(outlook([five]), 120, task, 65, 120)).toMatchObject({ tasks: 0 });
    expect(missing(outlook([{ ...five, perSecond: 4.99 }]), 120, task, 65, 120).tasks).toBeGreaterThan(0);
  });

  it('make up the difference in the time that they have', () => {
    // 600 fall due by 100 s, 500 are picked up; each task has 50 s for the other 100.
    expect(missing(outlook([five]), 100, task, 65, 100)).toEqual({ tasks: 8, atSeconds: 100, messages: 100 });
  });

  it('are as many as the time until which it is asked needs, and not what falls due after it', () => {
    // 500 fall due by 90 s, 450 are picked up, and each task has 40 s for the other 50; by 100 s it would be eight.
    expect(missing(outlook([five]), 100, task, 65, 90)).toEqual({ tasks: 5, atSeconds: 90, messages: 50 });
  });

  it('are fewer by those that start, from when they are ready', () => {
    const starting: Serving = { perSecond: 1, readySeconds: 40 };
    // 60 of the 100 are picked up by them.
    expect(missing(outlook([five, starting]), 100, task, 65, 100).messages).toBe(40);
  });

  it('are more by what is expected beyond what is known', () => {
    expect(missing(outlook([five], 10), 100, task, 110, 110)).toMatchObject({ messages: 600 + 100 - 550 });
  });
});

describe('the tasks that are to spare', () => {
  it('are as many as the tightest moment allows', () => {
    // 600 within 100 s need 6 a second; 8 are served.
    expect(spare(outlook([{ perSecond: 8, readySeconds: 0 }]), 100, 0.25, 5)).toBe(8);
    expect(spare(outlook([{ perSecond: 6, readySeconds: 0 }]), 100, 0.25, 5)).toBe(0);
  });
});

describe('the messages that will be late', () => {
  it('are those that nobody can pick up in time', () => {
    expect(late(outlook([five]), 120, 120)).toBe(0);
    expect(late(outlook([five]), 100, 100)).toBe(100);
  });

  it('include those that are late already', () => {
    expect(late(outlook([{ perSecond: 100, readySeconds: 0 }]), 30, 30)).toBe(300);
  });
});
