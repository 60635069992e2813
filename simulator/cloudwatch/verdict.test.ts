import { describe, expect, it } from 'vitest';
import { judge, type MissingData } from './verdict.ts';

/** `X` breaches, `0` does not, `-` is missing; the oldest comes first. */
const range = (text: string): (number | undefined)[] =>
  [...text].map((point) => (point === 'X' ? 100 : point === '0' ? 1 : undefined));

const state = (text: string, m: number, n: number, missingData: MissingData): string =>
  judge(range(text), {
    comparison: 'GreaterThanThreshold',
    threshold: 10,
    evaluationPeriods: n,
    datapointsToAlarm: m,
    missingData,
  }).state;

const choices: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];
const states = (text: string, m: number, n: number): string[] => choices.map((choice) => state(text, m, n, choice));

describe('judge', () => {
  it('looks at real datapoints only, as long as there are enough of them', () => {
    expect(states('X--XX', 3, 3)).toEqual(['ALARM', 'ALARM', 'ALARM', 'ALARM']);
    expect(states('X-0-X', 3, 3)).toEqual(['OK', 'OK', 'OK', 'OK']);
    expect(states('-0X0X', 2, 4)).toEqual(['ALARM', 'ALARM', 'ALARM', 'ALARM']);
  });

  it('fills up what is missing as the alarm says', () => {
    expect(states('---0X', 2, 4)).toEqual(['OK', 'OK', 'ALARM', 'OK']);
    expect(states('----0', 3, 3)).toEqual(['OK', 'OK', 'OK', 'OK']);
    expect(states('----X', 3, 3)).toEqual(['keep', 'keep', 'ALARM', 'OK']);
  });

  it('knows nothing without any datapoint', () => {
    expect(states('---', 1, 1)).toEqual(['INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK']);
  });

  it('does not go to ALARM on too few datapoints until the oldest of them is as old as the datapoints to alarm', () => {
    expect(states('----X', 2, 4)).toEqual(['keep', 'keep', 'ALARM', 'OK']);
    expect(states('---X-', 2, 4)).toEqual(['ALARM', 'keep', 'ALARM', 'OK']);
  });

  // The two tables of the guide (AlarmThatSendsEmail, "How alarm state is evaluated when data is missing"): five
  // datapoints for three evaluation periods, then the state under missing, ignore, breaching and notBreaching.
  it.each([
    ['0-X-X', 3, ['OK', 'OK', 'OK', 'OK']],
    ['0----', 3, ['OK', 'OK', 'OK', 'OK']],
    ['-----', 3, ['INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK']],
    ['0XX-X', 3, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['--X--', 3, ['ALARM', 'keep', 'ALARM', 'OK']],
    ['0-X-X', 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['00X0X', 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0-X--', 2, ['OK', 'OK', 'ALARM', 'OK']],
    ['----0', 2, ['OK', 'OK', 'ALARM', 'OK']],
    ['---X-', 2, ['ALARM', 'keep', 'ALARM', 'OK']],
  ])("decides on %s with %i of 3 as CloudWatch's guide says", (points, toAlarm, expected) => {
    expect(states(points, toAlarm, 3)).toEqual(expected);
  });

  it('needs exactly the datapoints to alarm', () => {
    expect(state('00XX0', 2, 5, 'missing')).toBe('ALARM');
    expect(state('000X0', 2, 5, 'missing')).toBe('OK');
  });

  it.each([
    { comparison: 'GreaterThanOrEqualToThreshold', ok: 9, alarm: 10 },
    { comparison: 'GreaterThanThreshold', ok: 10, alarm: 11 },
    { comparison: 'LessThanOrEqualToThreshold', ok: 11, alarm: 10 },
    { comparison: 'LessThanThreshold', ok: 10, alarm: 9 },
  ] as const)('compares by $comparison', ({ comparison, ok, alarm }) => {
    const rule = {
      comparison,
      threshold: 10,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      missingData: 'missing',
    } as const;
    expect(judge([ok], rule).state).toBe('OK');
    expect(judge([alarm], rule).state).toBe('ALARM');
  });
});
