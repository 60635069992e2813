import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { Alarm } from './alarm.ts';
import type { StatefulAlarm, StateNote } from './stateful-alarm.ts';
import { alarmTime } from './times.ts';

/** Notifications name the Region in words. */
const regionNames: Readonly<Record<string, string>> = {
  'eu-central-1': 'EU (Frankfurt)',
  'eu-west-1': 'EU (Ireland)',
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-2': 'US West (Oregon)',
};

/** What an alarm tells a topic when its state changes: subject and JSON text. */
export const alarmNotification = (
  alarm: StatefulAlarm,
  previous: StateNote,
  next: StateNote,
  account: { readonly accountId: string; readonly region: string },
): { readonly Subject: string; readonly Message: string } => {
  const region = regionNames[account.region] ?? account.region;
  const { input } = alarm as { readonly input: { readonly AlarmDescription?: string } };
  return {
    // Subjects hold at most 100 characters.
    Subject: `${next.value}: "${alarm.name}" in ${region}`.slice(0, 100),
    Message: JSON.stringify({
      AlarmName: alarm.name,
      AlarmDescription: input.AlarmDescription ?? null,
      AWSAccountId: account.accountId,
      AlarmConfigurationUpdatedTimestamp: alarmTime(alarm.configuredMs),
      NewStateValue: next.value,
      NewStateReason: next.reason,
      StateChangeTime: alarmTime(next.atMs),
      Region: region,
      AlarmArn: alarm.arn,
      OldStateValue: previous.value,
      OKActions: alarm.actions('OK'),
      AlarmActions: alarm.actions('ALARM'),
      InsufficientDataActions: alarm.actions('INSUFFICIENT_DATA'),
      ...(alarm instanceof Alarm ? { Trigger: triggerOf(alarm.input, alarm.periodSeconds) } : {}),
    }),
  };
};

const triggerOf = (input: PutMetricAlarmInput, periodSeconds: number): object => {
  const common = {
    Period: periodSeconds,
    EvaluationPeriods: input.EvaluationPeriods,
    ...(input.DatapointsToAlarm === undefined ? {} : { DatapointsToAlarm: input.DatapointsToAlarm }),
    ComparisonOperator: input.ComparisonOperator,
    Threshold: input.Threshold,
    TreatMissingData: input.TreatMissingData ?? '',
    EvaluateLowSampleCountPercentile: input.EvaluateLowSampleCountPercentile ?? '',
  };
  if (input.Metrics?.length)
    return {
      ...common,
      Metrics: input.Metrics.map(({ Id, Expression, Label, MetricStat, ReturnData }) => ({
        ...(Expression === undefined ? {} : { Expression }),
        Id,
        ...(Label === undefined ? {} : { Label }),
        ...(MetricStat
          ? {
              MetricStat: {
                Metric: {
                  Dimensions: dimensionsOf(MetricStat.Metric?.Dimensions),
                  MetricName: MetricStat.Metric?.MetricName,
                  Namespace: MetricStat.Metric?.Namespace,
                },
                Period: MetricStat.Period,
                Stat: MetricStat.Stat,
              },
            }
          : {}),
        ReturnData: ReturnData ?? true,
      })),
    };
  return {
    MetricName: input.MetricName,
    Namespace: input.Namespace,
    StatisticType: input.ExtendedStatistic === undefined ? 'Statistic' : 'ExtendedStatistic',
    Statistic: (input.ExtendedStatistic ?? input.Statistic)?.toUpperCase(),
    Unit: input.Unit ?? null,
    Dimensions: dimensionsOf(input.Dimensions),
    ...common,
  };
};

/** In lower case here, unlike in the API. */
const dimensionsOf = (dimensions: PutMetricAlarmInput['Dimensions'] = []): readonly object[] =>
  dimensions.map(({ Name, Value }) => ({ value: Value, name: Name }));
