import { describe, expect, it } from 'vitest';
import { type CountsSet, countsOfOurs, mayBeLate, rememberCount } from './counts-set.ts';

const set = (...counts: readonly [number, number][]): CountsSet | undefined => {
  let found: CountsSet | undefined;
  for (const [desiredCount, atMs] of counts) found = rememberCount(found, 'shop-fargate', desiredCount, atMs);
  return found;
};

describe('the counts that the controller has set', () => {
  it('are none where it has set none', () => {
    expect(countsOfOurs(undefined, 0)).toEqual([]);
  });

  it('hold the newest for ever, and one that was replaced for a minute, since a read may be late', () => {
    const counts = set([2, 0], [3, 100_000]);
    expect(countsOfOurs(counts, 159_999)).toEqual([2, 3]);
    expect(countsOfOurs(counts, 160_000)).toEqual([3]);
    expect(countsOfOurs(counts, 9_999_999)).toEqual([3]);
  });

  it('count the time from the replacement, not from when it was set', () => {
    expect(countsOfOurs(set([2, 0], [3, 500_000], [4, 510_000]), 520_000)).toEqual([2, 3, 4]);
  });

  it('are the last twelve at most', () => {
    const many = set(...Array.from({ length: 13 }, (_, index): [number, number] => [index, index]));
    expect(countsOfOurs(many, 20)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('tell a late read by its count: one of ours that was replaced less than a minute ago', () => {
    const counts = set([1, 0], [0, 100_000]);
    expect(mayBeLate(counts, 1, 159_999)).toBe(true);
    expect(mayBeLate(counts, 1, 160_000)).toBe(false);
    expect(mayBeLate(counts, 0, 100_001)).toBe(false);
    expect(mayBeLate(counts, 2, 100_001)).toBe(false);
    expect(mayBeLate(undefined, 1, 0)).toBe(false);
    const three = set([1, 0], [2, 90_000], [0, 100_000]);
    expect([mayBeLate(three, 2, 100_001), mayBeLate(three, 0, 100_001)]).toEqual([true, false]);
  });
});
