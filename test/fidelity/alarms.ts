import { type AlarmRule, judge } from '../../simulator/cloudwatch/verdict.ts';
import type { AlarmCase } from './recorded-cases.ts';
import type { Finding } from './verdict.ts';
import { verdictOf } from './verdict.ts';

/** Rows of AWS's tables for missing data: which state a range of datapoints means. */
export const runAlarms = (suite: string, cases: readonly AlarmCase[]): readonly Finding[] =>
  cases.map((recorded) => {
    const { state } = judge(
      recorded.datapoints.map((value) => value ?? undefined),
      {
        comparison: recorded.comparison as AlarmRule['comparison'],
        threshold: recorded.threshold,
        evaluationPeriods: recorded.evaluationPeriods,
        datapointsToAlarm: recorded.datapointsToAlarm,
        missingData: recorded.treatMissingData as AlarmRule['missingData'],
      },
    );
    const expected = recorded.expected === 'RETAIN' ? 'keep' : recorded.expected;
    const found = state === expected ? [] : [`recorded ${recorded.expected}, got ${state}`];
    return { suite, level: 'result', name: recorded.name, verdict: verdictOf(found) };
  });
