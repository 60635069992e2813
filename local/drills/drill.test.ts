import { expect, it } from 'vitest';
import { judge, type Line } from './drill.ts';

const line = (atMs: number, text: string): Line => ({ atMs, about: 'task 1', text, tone: 'plain' });
const timeline = [line(1_900, 'app:2 RUNNING'), line(2_000, 'app:2 RUNNING'), line(2_100, 'app:2 RUNNING')];
const expected = { rule: 'a rule', source: 'a page', line: /^task 1: app:2 RUNNING$/ };

it('wants a line in the very second', () => {
  expect(judge({ ...expected, at: 1 }, timeline).ok).toBe(true);
  expect(judge({ ...expected, at: 0 }, timeline).ok).toBe(false);
  expect(judge({ ...expected, at: 3 }, timeline).ok).toBe(false);
});

it('wants exactly so many of them', () => {
  expect(judge({ ...expected, at: 2, times: 2 }, timeline).ok).toBe(true);
  expect(judge({ ...expected, at: 2, times: 1 }, timeline).ok).toBe(false);
  expect(judge({ ...expected, at: 2, times: 3 }, timeline).ok).toBe(false);
});

it('wants no line in a time, its first and last second included', () => {
  expect(judge({ ...expected, neverFrom: 3, to: 9 }, timeline).ok).toBe(true);
  expect(judge({ ...expected, neverFrom: 2, to: 9 }, timeline).ok).toBe(false);
  expect(judge({ ...expected, neverFrom: 0, to: 1 }, timeline).ok).toBe(false);
  expect(judge({ ...expected, neverFrom: 0, to: 0 }, timeline).ok).toBe(true);
});

it('tells what was found instead', () => {
  expect(judge({ ...expected, at: 5 }, timeline)).toMatchObject({
    expected: '+00:05 /^task 1: app:2 RUNNING$/',
    found: timeline,
  });
});
