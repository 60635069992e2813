import { describe, expect, it } from 'vitest';
import { parseRule } from './alarm-rule.ts';
import type { AlarmState } from './verdict.ts';

const states: Readonly<Record<string, AlarmState>> = { red: 'ALARM', green: 'OK', grey: 'INSUFFICIENT_DATA' };
const holds = (rule: string): boolean => parseRule(rule).holds((name) => states[name]);

describe('the rule of a composite alarm', () => {
  it.each([
    ['ALARM("red")', true],
    ['ALARM(green)', false],
    ["OK('green')", true],
    ['INSUFFICIENT_DATA(grey)', true],
    ['ALARM(red) AND NOT OK(green)', false],
    ['ALARM(green) AND ALARM(green) OR ALARM(red)', true],
    ['ALARM(green) AND (ALARM(green) OR ALARM(red))', false],
    ['NOT (ALARM(green) OR FALSE)', true],
    ['TRUE', true],
    ['alarm(red) and ok(green)', true],
  ])('%s is %s', (rule, expected) => {
    expect(holds(rule)).toBe(expected);
  });

  it('names each alarm once', () => {
    expect(parseRule('ALARM("red one") OR OK("red one") OR OK(green)').alarms).toEqual(['red one', 'green']);
  });

  it.each(['', 'ALARM(red', 'ALARM()', 'ALARM(red) OK(green)', 'AND TRUE', 'BROKEN(red)', '"red"', 'ALARM("red)'])(
    '%j is not valid',
    (rule) => {
      expect(() => parseRule(rule)).toThrow('is not valid');
    },
  );
});
