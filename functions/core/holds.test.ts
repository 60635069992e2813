import { describe, expect, it } from 'vitest';
import {
  heldByShort,
  holdAfter,
  holdAfterRollback,
  holdDigest,
  noRoomForHold,
  releaseHold,
  rollbackOf,
} from './holds.ts';
import type { Control, Failure, Hold } from './state.ts';
import { verdicts } from './verdict.ts';

const control: Control = { service: 'shop', fence: 4 };
const at = '2026-11-28T03:00:00.000Z';
const failure: Failure = { kind: 'twin', twin: 'shop-fargate', cause: 'unhealthy', reason: 'Sick.', leave: false };
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

  const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `sha256:${index}`);
  const at50 = (leftBy: Hold['leftBy']): Control =>
    names(50).reduce(
      (held, name, index) =>
        holdDigest(held, `${name}-${leftBy}`, {
          ...hold,
          at: `2026-11-28T03:${String(index).padStart(2, '0')}:00.000Z`,
          ...(leftBy && { leftBy }),
        }),
      control,
    );
  const later = '2026-11-28T04:00:00.000Z';

  it.each(['rollout', 'rollback'] as const)(
    'that a %s left gives way to the 51st of these, the oldest first',
    (leftBy) => {
      const times = Array.from({ length: 51 }, (_, index) => `2026-11-28T03:${String(index).padStart(2, '0')}:00.000Z`);
      // The oldest is put in last but one, so that the order of time counts and not that of the writes.
      const order = [...times.slice(1, 50), times[0], times[50]];
      let held = control;
      for (const time of order.slice(0, 50))
        held = holdDigest(held, `sha256:${time}`, { ...hold, leftBy, at: String(time) });
      expect(Object.keys(held.holds ?? {})).toHaveLength(50);
      held = holdDigest(held, `sha256:${order[50]}`, { ...hold, leftBy, at: String(order[50]) });
      expect(Object.keys(held.holds ?? {})).toHaveLength(50);
      expect(held.holds).not.toHaveProperty(`sha256:${times[0]}`);
    },
  );

  it('that is renewed takes the place of none of the other 49', () => {
    const renewed = holdDigest(at50('rollout'), 'sha256:49-rollout', { ...hold, leftBy: 'rollout', at: later });
    expect(Object.keys(renewed.holds ?? {})).toHaveLength(50);
  });

  it('that a person asked for is dropped by none that comes by itself, and its reason stays', () => {
    let held = holdDigest(control, 'sha256:a', hold);
    for (const leftBy of ['rollout', 'rollback'] as const)
      for (const name of [...names(60), 'sha256:a']) held = holdDigest(held, name, { ...hold, leftBy, at: later });
    expect(Object.keys(held.holds ?? {})).toHaveLength(51);
    expect(held.holds?.['sha256:a']).toEqual(hold);
    const left = holdDigest(control, 'sha256:a', { ...hold, leftBy: 'rollback' });
    expect(holdDigest(left, 'sha256:a', { ...hold, leftBy: 'rollout', at: later })).toBe(left);
    expect(holdDigest(left, 'sha256:a', hold).holds).toEqual({ 'sha256:a': hold });
  });

  it('is refused to people where they hold 50 images, with the oldest of them', () => {
    const full = at50(undefined);
    expect(noRoomForHold(full, 'sha256:b', { ...hold, at: later })).toBe(
      'shop has 50 images that people hold, and no more are kept: release one first that nobody would roll out any more. ' +
        'The oldest is sha256:0-undefined, held by ada at 2026-11-28T03:00:00.000Z (wrong prices).',
    );
    expect(noRoomForHold(full, 'sha256:7-undefined', hold)).toBeUndefined();
    expect(noRoomForHold(releaseHold(full, 'sha256:7-undefined'), 'sha256:b', hold)).toBeUndefined();
    expect(noRoomForHold(at50('rollout'), 'sha256:b', hold)).toBeUndefined();
    expect(Object.keys(holdDigest(full, 'sha256:b', { ...hold, leftBy: 'rollout' }).holds ?? {})).toHaveLength(51);
  });

  it('of which nobody is known to have asked for it is told as that of somebody', () => {
    const full = holdDigest(at50(undefined), 'sha256:0-undefined', { ...hold, by: '', at: '2026-11-28T02:00:00.000Z' });
    expect(noRoomForHold(full, 'sha256:b', hold)).toContain('held by somebody at 2026-11-28T02:00:00.000Z');
  });

  it('that a person asked for drops no other such hold, however many there are', () => {
    const full = holdDigest(at50(undefined), 'sha256:b', { ...hold, at: later });
    expect(Object.keys(full.holds ?? {})).toHaveLength(51);
  });

  it('fits into an item of DynamoDB with all others, however long their reasons are', () => {
    let held = control;
    const digest = (index: number): string => `sha256:${String(index).padStart(64, '0')}`;
    for (let index = 0; index < 50; index += 1)
      held = holdDigest(held, digest(index), { ...hold, reason: '\u20ac'.repeat(1_000) });
    for (let index = 50; index < 100; index += 1)
      held = holdDigest(held, digest(index), { ...holdAfterRollback('ada', at, digest(1)) });
    for (let index = 100; index < 150; index += 1)
      held = holdDigest(held, digest(index), { ...hold, leftBy: 'rollout', reason: 'x'.repeat(160) });
    expect(Object.keys(held.holds ?? {})).toHaveLength(150);
    expect(Buffer.byteLength(JSON.stringify(held))).toBeLessThan(250_000);
  });

  it('is taken off, and the last one leaves nothing behind', () => {
    const held = holdDigest(holdDigest(control, 'sha256:a', hold), 'sha256:b', hold);
    expect(releaseHold(held, 'sha256:a').holds).toEqual({ 'sha256:b': hold });
    expect(releaseHold(releaseHold(held, 'sha256:a'), 'sha256:b')).toEqual(control);
    expect(releaseHold(held, 'sha256:c')).toBe(held);
    expect(releaseHold(control, 'sha256:a')).toBe(control);
  });

  it('is found by the short digest that status tells, where it means one alone', () => {
    const [a, b] = [`sha256:${'0a'.repeat(32)}`, `sha256:${'0a'.repeat(8)}${'b'.repeat(48)}`];
    const held = holdDigest(holdDigest(control, a, hold), b, hold);
    expect(heldByShort(held, '0a'.repeat(6))).toBeUndefined();
    expect(heldByShort(held, `${'0a'.repeat(8)}b`)).toBe(b);
    expect(heldByShort(releaseHold(held, b), '0a'.repeat(6))).toBe(a);
    expect(heldByShort(releaseHold(held, b), `sha256:${'0a'.repeat(6)}`)).toBe(a);
    expect(heldByShort(releaseHold(held, b), '0a'.repeat(5))).toBeUndefined();
    expect(heldByShort(control, '0a'.repeat(6))).toBeUndefined();
  });

  it.each([`shop@sha256:${'0a'.repeat(6)}`, `x${'0a'.repeat(6)}`, `${'0a'.repeat(6)}:v1`, `${'0a'.repeat(6)} `])(
    'is not found by %j, of which the short digest is only a part',
    (text) => {
      expect(heldByShort(holdDigest(control, `sha256:${'0a'.repeat(32)}`, hold), text)).toBeUndefined();
    },
  );

  it('is left by a rollback for the image only', () => {
    const holding = verdicts
      .filter((entry) => entry.of === 'rollout' && holdAfter(entry, failure, at, 'r-1'))
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
    expect(holdAfter({ verdict: 'rolled-back', cause: 'unhealthy' }, failure, at, 'r-1')).toEqual({
      by: 'spillway',
      at,
      leftBy: 'rollout',
      reason: 'rollout r-1 of it was rolled back (unhealthy)',
    });
  });

  it('is left by none for which the image does not answer, whatever the cause', () => {
    const end = { verdict: 'rolled-back', cause: 'pull-failure' } as const;
    expect(holdAfter(end, { ...failure, cause: 'pull-failure', blameless: true }, at, 'r-1')).toBeUndefined();
    expect(holdAfter(end, { ...failure, cause: 'pull-failure' }, at, 'r-1')).toMatchObject({ by: 'spillway' });
  });

  it("names who went back and to what, after a person's rollback", () => {
    expect(holdAfterRollback('ada', at, `sha256:${'ab'.repeat(32)}`)).toEqual({
      by: 'ada',
      at,
      leftBy: 'rollback',
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
