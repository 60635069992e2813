import type { ComparisonOperator } from '@aws-sdk/client-cloudwatch';
import type { Alarm } from './alarm.ts';
import { alarmTime, decimal, reasonTime } from './times.ts';
import { type AlarmState, breaches, type Verdict } from './verdict.ts';

export interface Datapoint {
  readonly startMs: number;
  readonly value: number | undefined;
  readonly sampleCount: number | undefined;
}

const words: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanOrEqualToThreshold: 'less than or equal to',
  LessThanThreshold: 'less than',
} satisfies Partial<Record<ComparisonOperator, string>>;

const datapointsOf = (count: number): string => `${count} datapoint${count === 1 ? '' : 's'}`;

/** The sentence with which CloudWatch explains a new state. The newest datapoint comes first. */
export const reasonOf = (alarm: Alarm, state: AlarmState, verdict: Verdict, range: readonly Datapoint[]): string => {
  const { rule } = alarm;
  const { evaluationPeriods: periods, datapointsToAlarm } = rule;
  const used = verdict.used.map((index) => range[index] as Datapoint).reverse();
  if (state === 'INSUFFICIENT_DATA')
    return `Insufficient Data: ${datapointsOf(periods)} ${periods === 1 ? 'was' : 'were'} unknown.`;
  const filled =
    verdict.filled === 0
      ? ''
      : `${verdict.filled} missing datapoint${verdict.filled === 1 ? ' was' : 's were'} treated as [${rule.missingData === 'breaching' ? 'Breaching' : 'NonBreaching'}]`;
  if (used.length === 0)
    return `Threshold Crossed: no datapoints were received for ${periods} period${periods === 1 ? '' : 's'} and ${filled}.`;
  const isAlarm = state === 'ALARM';
  const shown = used.map(({ value, startMs }) => `${decimal(value as number)} (${reasonTime(startMs)})`).join(', ');
  const explicit = alarm.input.DatapointsToAlarm !== undefined;
  const crossing = explicit ? used.filter(({ value }) => breaches(value as number, rule) === isAlarm) : used;
  const count = explicit ? `${crossing.length} out of the last ${periods} datapoints` : datapointsOf(used.length);
  const verb = `${crossing.length === 1 ? 'was' : 'were'}${isAlarm ? '' : ' not'}`;
  const comparison = `${verb} ${words[rule.comparison]} the threshold (${decimal(rule.threshold)})`;
  const minimum = isAlarm ? datapointsToAlarm : periods - datapointsToAlarm + 1;
  const transition = explicit
    ? ` (minimum ${datapointsOf(minimum)} for ${isAlarm ? 'OK -> ALARM' : 'ALARM -> OK'} transition)`
    : '';
  return `Threshold Crossed: ${count} [${shown}] ${comparison}${filled ? ` and ${filled}` : ''}${transition}.`;
};

/** The same as JSON. Written by hand: CloudWatch writes every number with a fraction, which `JSON.stringify` does not. */
export const reasonDataOf = (alarm: Alarm, verdict: Verdict, range: readonly Datapoint[], queryMs: number): string => {
  const used = verdict.used.map((index) => range[index] as Datapoint);
  const [query] = alarm.queries;
  const fields = [
    '"version":"1.0"',
    `"queryDate":"${alarmTime(queryMs)}"`,
    ...(used[0] ? [`"startDate":"${alarmTime(used[0].startMs)}"`] : []),
    ...(alarm.queries.length === 1 && query?.kind === 'metric' ? [`"statistic":"${query.statistic}"`] : []),
    `"period":${alarm.periodSeconds}`,
    `"recentDatapoints":[${used.map(({ value }) => decimal(value as number)).join(',')}]`,
    `"threshold":${decimal(alarm.rule.threshold)}`,
    `"evaluatedDatapoints":[${evaluated(alarm, used, range)}]`,
  ];
  return `{${fields.join(',')}}`;
};

const evaluated = (alarm: Alarm, used: readonly Datapoint[], range: readonly Datapoint[]): string => {
  const points = used.length > 0 ? used : range.slice(-alarm.rule.evaluationPeriods);
  return [...points]
    .reverse()
    .map(({ startMs, value, sampleCount }) => {
      const count = sampleCount === undefined ? '' : `,"sampleCount":${decimal(sampleCount)}`;
      return `{"timestamp":"${alarmTime(startMs)}"${count}${value === undefined ? '' : `,"value":${decimal(value)}`}}`;
    })
    .join(',');
};
