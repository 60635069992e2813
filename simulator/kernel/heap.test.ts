import { describe, expect, it } from 'vitest';
import { Heap } from './heap.ts';

const drain = (heap: Heap<number>): number[] => {
  const drained: number[] = [];
  while (heap.size > 0) drained.push(heap.pop() as number);
  return drained;
};

describe('Heap', () => {
  it('gives its entries in order, whatever order they came in', () => {
    const heap = new Heap<number>((a, b) => a < b);
    for (const entry of [5, 3, 9, 1, 7, 3, 8, 2]) heap.push(entry);
    expect(drain(heap)).toEqual([1, 2, 3, 3, 5, 7, 8, 9]);
  });

  it('stays in order after entries were dropped from its middle', () => {
    const heap = new Heap<number>((a, b) => a < b);
    for (const entry of [5, 3, 9, 1, 7, 8, 2]) heap.push(entry);
    heap.retain((entry) => entry % 2 === 1);
    expect(drain(heap)).toEqual([1, 3, 5, 7, 9]);
  });

  it('gives nothing when it is empty', () => {
    const heap = new Heap<number>((a, b) => a < b);
    expect(heap.peek()).toBeUndefined();
    expect(heap.pop()).toBeUndefined();
  });
});
