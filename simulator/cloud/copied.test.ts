import { expect, it } from 'vitest';
import { copied } from './copied.ts';

it('copies plain data, times and bytes to the ground, and keeps what is undefined', () => {
  const original = {
    list: [{ deep: { text: 'tea' } }, null, 1],
    at: new Date(1_000),
    bytes: Uint8Array.of(1, 2),
    bare: Object.assign(Object.create(null), { a: [1] }),
    missing: undefined,
  };
  const copy = copied(original);
  expect(copy).toEqual(original);
  expect('missing' in copy).toBe(true);
  (copy.list[0] as { deep: { text: string } }).deep.text = 'coffee';
  copy.at.setTime(2_000);
  copy.bytes[0] = 9;
  copy.bare.a.push(2);
  expect(original.list[0]).toEqual({ deep: { text: 'tea' } });
  expect([original.at.getTime(), original.bytes[0], original.bare.a]).toEqual([1_000, 1, [1]]);
});
