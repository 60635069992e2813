import { describe, expect, it } from 'vitest';
import { holdAfter, holdAfterRollback, holdDigest, releaseHold, rollbackOf } from './holds.ts';
import type { Control, Hold } from './state.ts';
import { verdicts } from './verdict.ts';

const control: Control = { service: 'shop', fence: 4 };
const at = '2026-11-28T03:00:00.000Z';
const hold: Hold = { by: 'ada', at, reason: 'wrong prices' };

describe('a hold', () => {
  it('is put on a digest beside others, and renewed in its place', () => {
    const one = holdDigest(control, 'sha256:a', hold);
    const two = holdDigest(one, 'sha256:b', hold);
    expect(holdDigest(two, 'sha256:a', { ...hold, by: 'eva' }).holds).toEqual({
      'sha256:a': { ...hold, by: 'eva' },
      'sha256:b': hold,
    });
  });

  it('gives way to newer ones when there are more than 50, the oldest first', () => {
    const times = Array.from({ length: 51 }, (_, index) => `2026-11-28T03:${String(index).padStart(2, '0')}:00.000Z`);
    // The oldest is put in last but one, so that the order of time counts and not that of the writes.
    const order = [...times.slice(1, 50), times[0], times[50]];
    let held = control;
    for (const time of order.slice(0, 50)) held = holdDigest(held, `sha256:${time}`, { ...hold, at: String(time) });
    expect(Object.keys(held.holds ?? {})).toHaveLength(50);
    held = holdDigest(held, `sha256:${order[50]}`, { ...hold, at: String(order[50]) });
    expect(Object.keys(held.holds ?? {})).toHaveLength(50);
    expect(held.holds).not.toHaveProperty(`sha256:${times[0]}`);
  });

  it('that is renewed takes the place of none of the other 49', () => {
    const names = Array.from({ length: 50 }, (_, index) => `sha256:${index}`);
    const full = names.reduce(
      (held, name, index) => holdDigest(held, name, { ...hold, at: `${1_000 + index}` }),
      control,
    );
    const renewed = holdDigest(full, 'sha256:49', { ...hold, at: '2000' });
    expect(Object.keys(renewed.holds ?? {})).toHaveLength(50);
  });

  it('is taken off, and the last one leaves nothing behind', () => {
    const held = holdDigest(holdDigest(control, 'sha256:a', hold), 'sha256:b', hold);
    expect(releaseHold(held, 'sha256:a').holds).toEqual({ 'sha256:b': hold });
    expect(releaseHold(releaseHold(held, 'sha256:a'), 'sha256:b')).toEqual(control);
    expect(releaseHold(held, 'sha256:c')).toBe(held);
    expect(releaseHold(control, 'sha256:a')).toBe(control);
  });

  it('is left by a rollback for the image only', () => {
    const holding = verdicts
      .filter((entry) => entry.of === 'rollout' && holdAfter(entry, at, 'r-1'))
      .map(({ verdict, cause }) => `${verdict} (${cause})`);
    expect(holding).toEqual([
      'rolled-back (pull-failure)',
      'rolled-back (failed-to-start)',
      'rolled-back (crash-after-start)',
      'rolled-back (exits-cleanly)',
      'rolled-back (unhealthy)',
      'rolled-back (circuit-breaker)',
      'rolled-back (digest-mismatch)',
      'rolled-back (probe-failed)',
      'rolled-back (alarm)',
      'rolled-back (dead-letters)',
    ]);
    expect(holdAfter({ verdict: 'rolled-back', cause: 'unhealthy' }, at, 'r-1')).toEqual({
      by: 'spillway',
      at,
      reason: 'rollout r-1 of it was rolled back (unhealthy)',
    });
  });

  it("names who went back and to what, after a person's rollback", () => {
    expect(holdAfterRollback('ada', at, `sha256:${'ab'.repeat(32)}`)).toEqual({
      by: 'ada',
      at,
      reason: 'rolled back to sha256:abababababab',
    });
  });
});

describe('a start', () => {
  it('is a way back by its trigger alone, with the digest that it says it leaves', () => {
    expect(rollbackOf({ kind: 'rollback', leaves: 'sha256:a' })).toEqual({ leaves: 'sha256:a' });
    expect(rollbackOf({ kind: 'rollback', leaves: 7 })).toEqual({});
    expect(rollbackOf({ kind: 'push', leaves: 'sha256:a' })).toBeUndefined();
  });
});
