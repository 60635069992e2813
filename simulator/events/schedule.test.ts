import { expect, test } from 'vitest';
import { parseSchedule } from './schedule.ts';

const next = (expression: string, after: string): string | undefined => {
  const at = parseSchedule(expression)?.next(Date.parse(after));
  return at === undefined ? undefined : new Date(at).toISOString();
};

test.each([
  ['rate(1 minute)', '2026-01-05T09:00:30Z', '2026-01-05T09:01:30.000Z'],
  ['rate(2 hours)', '2026-01-05T09:00:00Z', '2026-01-05T11:00:00.000Z'],
  ['rate(7 days)', '2026-01-05T09:00:00Z', '2026-01-12T09:00:00.000Z'],
  ['cron(* * * * ? *)', '2026-01-05T09:00:00Z', '2026-01-05T09:01:00.000Z'],
  ['cron(0 18 ? * MON-FRI *)', '2026-01-09T18:00:00Z', '2026-01-12T18:00:00.000Z'],
  ['cron(0/15 * * * ? *)', '2026-01-05T09:15:00Z', '2026-01-05T09:30:00.000Z'],
  ['cron(5,35 14 * * ? *)', '2026-01-05T14:05:00Z', '2026-01-05T14:35:00.000Z'],
  ['cron(0 8 1 * ? *)', '2026-01-05T09:00:00Z', '2026-02-01T08:00:00.000Z'],
  ['cron(0 0 L * ? *)', '2026-02-05T09:00:00Z', '2026-02-28T00:00:00.000Z'],
  ['cron(0 0 31W * ? *)', '2026-01-05T09:00:00Z', '2026-01-30T00:00:00.000Z'],
  ['cron(0 2 ? * SAT#3 *)', '2026-01-05T09:00:00Z', '2026-01-17T02:00:00.000Z'],
  ['cron(15 10 ? * 6L *)', '2026-01-05T09:00:00Z', '2026-01-30T10:15:00.000Z'],
  ['cron(0 9 ? * FRI-MON *)', '2026-01-05T09:00:00Z', '2026-01-09T09:00:00.000Z'],
  ['cron(0/30 22-2 * * ? *)', '2026-01-05T22:30:00Z', '2026-01-05T23:00:00.000Z'],
  ['cron(0/30 22-2 * * ? *)', '2026-01-05T02:30:00Z', '2026-01-05T22:00:00.000Z'],
  ['cron(0 0 LW * ? *)', '2026-01-05T09:00:00Z', '2026-01-30T00:00:00.000Z'],
  ['cron(0 0 29 FEB ? *)', '2026-01-05T09:00:00Z', '2028-02-29T00:00:00.000Z'],
])('%s after %s fires at %s', (expression, after, expected) => {
  expect(next(expression, after)).toBe(expected);
});

test('a schedule whose years are over never fires again', () => {
  expect(next('cron(0 12 * * ? 2020-2022)', '2026-01-05T09:00:00Z')).toBeUndefined();
});

test.each([
  'rate(1 minutes)',
  'rate(2 minute)',
  'rate(0 minutes)',
  'rate(1 second)',
  'cron(0 12 * * * *)',
  'cron(0 12 ? * ? *)',
  'cron(0 12 * * ?)',
  'cron(60 12 * * ? *)',
  'cron(0 12 * * ? 2030-2026)',
  'cron(0 noon ? * MON *)',
  'every hour',
])('%s is not valid', (expression) => {
  expect(parseSchedule(expression)).toBeUndefined();
});
