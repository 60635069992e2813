import { describe, expect, it } from 'vitest';
import { askedAt, pushTime } from './asked-at.ts';

const startedAt = '2026-11-28T12:00:00.500Z';

describe('when a start was asked for', () => {
  it.each([
    [{ kind: 'push', time: '2026-11-28T11:59:58Z' }, '2026-11-28T11:59:58Z'],
    [{ kind: 'reconciler', finding: 'push', time: '2026-11-28T11:40:00.000Z' }, '2026-11-28T11:40:00.000Z'],
    [{ kind: 'push', time: '2026-11-28T12:59:58+01:00' }, '2026-11-28T12:59:58+01:00'],
    [{ kind: 'push' }, startedAt],
    [{ kind: 'push', time: 7 }, startedAt],
  ])('is the time of its push: %j', (trigger, expected) => {
    expect(askedAt(trigger, startedAt)).toBe(expected);
  });

  it.each([
    { kind: 'ci', time: '2026-11-28T09:00:00Z' },
    { kind: 'reconciler', finding: 'drift', time: '2026-11-28T09:00:00Z' },
    { kind: 'hand', finding: 'push', time: '2026-11-28T09:00:00Z' },
  ])('is its own start where it tells of no push: %j', (trigger) => {
    expect(askedAt(trigger, startedAt)).toBe(startedAt);
    expect(pushTime(trigger)).toBeUndefined();
  });

  it('is never later than its start', () => {
    const at = (time: string) => askedAt({ kind: 'push', time }, startedAt);
    expect(at('2099-01-01T00:00:00Z')).toBe(startedAt);
    expect(at('2026-11-28T12:00:00.499Z')).toBe('2026-11-28T12:00:00.499Z');
    expect(at('2026-11-28T12:00:00.501Z')).toBe(startedAt);
    // The same moment in another spelling.
    expect(at('2026-11-28T13:00:00.500+01:00')).toBe(startedAt);
  });
});
