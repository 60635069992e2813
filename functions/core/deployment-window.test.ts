import { describe, expect, it } from 'vitest';
import { DeploymentWindow, describeWindow, windowState } from './deployment-window.ts';

const window = (input: object): DeploymentWindow => DeploymentWindow.parse(input);
const ms = (iso: string): number => Date.parse(iso);
const opens = (windows: readonly DeploymentWindow[], iso: string): string => {
  const state = windowState(windows, ms(iso));
  return state.kind === 'open' ? 'open' : new Date(state.opensAtMs).toISOString();
};

describe('a deployment window', () => {
  const office = window({ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '17:00' });

  it('is open from its first minute on and closed at its end', () => {
    expect(opens([office], '2026-11-27T07:59:59.999Z')).toBe('2026-11-27T08:00:00.000Z');
    expect(opens([office], '2026-11-27T08:00:00.000Z')).toBe('open');
    expect(opens([office], '2026-11-27T16:59:59.999Z')).toBe('open');
    expect(opens([office], '2026-11-27T17:00:00.000Z')).toBe('2026-11-30T08:00:00.000Z');
  });

  it('stays closed on other days', () => {
    expect(opens([office], '2026-11-28T12:00:00Z')).toBe('2026-11-30T08:00:00.000Z');
  });

  it('runs over midnight where it ends at or before its start, by the day on which it opens', () => {
    const night = window({ days: ['fri'], from: '22:00', to: '02:00' });
    expect(opens([night], '2026-11-27T22:00:00Z')).toBe('open');
    expect(opens([night], '2026-11-28T01:59:00Z')).toBe('open');
    expect(opens([night], '2026-11-28T02:00:00Z')).toBe('2026-12-04T22:00:00.000Z');
    expect(opens([night], '2026-11-28T22:30:00Z')).toBe('2026-12-04T22:00:00.000Z');
  });

  it('lasts a whole day where it ends at the time at which it starts', () => {
    const day = window({ days: ['fri'], from: '08:00', to: '08:00' });
    expect(opens([day], '2026-11-27T07:59:59Z')).toBe('2026-11-27T08:00:00.000Z');
    expect(opens([day], '2026-11-27T08:00:00Z')).toBe('open');
    expect(opens([day], '2026-11-28T07:59:59Z')).toBe('open');
    expect(opens([day], '2026-11-28T08:00:00Z')).toBe('2026-12-04T08:00:00.000Z');
  });

  it('says when it opens next where it is closed', () => {
    expect(windowState([office], ms('2026-11-28T12:00:00Z'))).toEqual({
      kind: 'closed',
      opensAtMs: ms('2026-11-30T08:00:00Z'),
    });
  });

  it('lasts until midnight with 24:00', () => {
    const evening = window({ from: '18:00', to: '24:00' });
    expect(opens([evening], '2026-11-27T23:59:59Z')).toBe('open');
    expect(opens([evening], '2026-11-28T00:00:00Z')).toBe('2026-11-28T18:00:00.000Z');
  });

  it('follows the wall clock of its time zone through a change of the clocks', () => {
    const berlin = window({ from: '08:00', to: '09:00', timeZone: 'Europe/Berlin' });
    // Central European Time until 29 March 2026, summer time from then on.
    expect(opens([berlin], '2026-03-28T07:00:00Z')).toBe('open');
    expect(opens([berlin], '2026-03-28T06:59:00Z')).toBe('2026-03-28T07:00:00.000Z');
    expect(opens([berlin], '2026-03-29T05:59:00Z')).toBe('2026-03-29T06:00:00.000Z');
    expect(opens([berlin], '2026-03-29T06:00:00Z')).toBe('open');
  });

  it('does not open on the day on which a change of the clocks skips it, and is not announced for it', () => {
    // Summer time begins on 28 March 2027: 02:00 is followed by 03:00.
    const berlin = { from: '02:15', to: '03:00', timeZone: 'Europe/Berlin' };
    expect(opens([window(berlin)], '2027-03-27T12:00:00Z')).toBe('2027-03-29T00:15:00.000Z');
    expect(opens([window({ ...berlin, days: ['sun'] })], '2027-03-21T02:00:00Z')).toBe('2027-04-04T00:15:00.000Z');
    expect(opens([window({ ...berlin, from: '02:00' })], '2027-03-27T12:00:00Z')).toBe('2027-03-29T00:00:00.000Z');
    expect(opens([window({ ...berlin, to: '04:00' })], '2027-03-27T12:00:00Z')).toBe('2027-03-28T01:15:00.000Z');
    expect(opens([window({ ...berlin, to: '04:00' })], '2027-03-28T01:15:00Z')).toBe('open');
  });

  it('is the earliest of several', () => {
    const late = window({ days: ['sun'], from: '10:00', to: '11:00' });
    expect(opens([office, late], '2026-11-28T12:00:00Z')).toBe('2026-11-29T10:00:00.000Z');
  });

  it('is always open where there is none', () => {
    expect(windowState([], ms('2026-11-28T12:00:00Z'))).toEqual({ kind: 'open', sinceMs: undefined });
  });

  it('says since when it is open, by the one that opened first', () => {
    const early = window({ from: '07:00', to: '09:00' });
    expect(windowState([office, early], ms('2026-11-27T08:30:00Z'))).toEqual({
      kind: 'open',
      sinceMs: ms('2026-11-27T07:00:00Z'),
    });
  });

  it('tells itself in words', () => {
    expect(describeWindow(office)).toBe('mon, tue, wed, thu, fri 08:00-17:00 UTC');
    expect(describeWindow(window({ from: '22:00', to: '02:00', timeZone: 'Europe/Berlin' }))).toBe(
      'every day 22:00-02:00 Europe/Berlin',
    );
  });

  it.each([
    [{ from: '8:00', to: '17:00' }, /a time of day from '00:00' to '24:00'/],
    [{ from: '08:00', to: '25:00' }, /a time of day/],
    [{ from: '08:00', to: '17:00', timeZone: 'Berlin' }, /no time zone by this name/],
    [{ from: '08:00', to: '17:00', days: ['monday'] }, /mon/],
  ])('refuses %j', (input, message) => {
    const result = DeploymentWindow.safeParse(input);
    expect(result.success).toBe(false);
    expect(result.error?.issues[0]?.message).toMatch(message);
  });
});
