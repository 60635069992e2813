import type { ComparisonOperator } from '@aws-sdk/client-cloudwatch';

export type AlarmState = 'ALARM' | 'INSUFFICIENT_DATA' | 'OK';
export type MissingData = 'breaching' | 'ignore' | 'missing' | 'notBreaching';

export interface AlarmRule {
  readonly comparison: ComparisonOperator;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly missingData: MissingData;
}

export interface Verdict {
  /** `keep` where the data does not decide: the alarm stays in the state it is in. */
  readonly state: AlarmState | 'keep';
  /** Positions, in the range, of the datapoints that decided, the oldest first. */
  readonly used: readonly number[];
  /** How many missing datapoints were taken for breaching or not breaching ones. */
  readonly filled: number;
}

export const breaches = (value: number, { comparison, threshold }: AlarmRule): boolean => {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
    default:
      return value < threshold;
  }
};

/**
 * The state that a range of datapoints means; the oldest comes first, undefined is missing. The range is longer than
 * the evaluation periods, and real datapoints are preferred: missing ones are filled in only where fewer real ones
 * than evaluation periods are there (CloudWatch, alarms-and-missing-data).
 */
export const judge = (datapoints: readonly (number | undefined)[], rule: AlarmRule): Verdict => {
  const real = datapoints.flatMap((value, index) => (value === undefined ? [] : [{ value, index }]));
  const newest = real.slice(-rule.evaluationPeriods);
  const used = newest.map(({ index }) => index);
  const breaching = newest.filter(({ value }) => breaches(value, rule));
  const lacking = rule.evaluationPeriods - newest.length;
  const filled = rule.missingData === 'breaching' || rule.missingData === 'notBreaching' ? lacking : 0;
  const counted = breaching.length + (rule.missingData === 'breaching' ? lacking : 0);
  if (counted >= rule.datapointsToAlarm) return { state: 'ALARM', used, filled };
  if (lacking === 0 || filled > 0) return { state: 'OK', used, filled };
  if (newest.length === 0)
    return { state: rule.missingData === 'missing' ? 'INSUFFICIENT_DATA' : 'keep', used, filled };
  // At least one real datapoint is good: missing ones are not held against it.
  if (breaching.length < newest.length) return { state: 'OK', used, filled };
  // All that is there breaches, but it is less than the alarm asks for. Once the oldest of it is as old as the
  // datapoints to alarm, waiting longer would not tell more, and `missing` goes to ALARM; `ignore` stays where it is.
  const oldest = datapoints.length - (used[0] as number);
  if (rule.missingData === 'missing' && oldest >= rule.datapointsToAlarm) return { state: 'ALARM', used, filled };
  return { state: 'keep', used, filled };
};
