import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import { Alarm } from '../alarm.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { missingParameter } from '../errors.ts';
import { checkActions } from './alarm-actions.ts';

export const putMetricAlarm: ActionDefinition<CloudWatchService, PutMetricAlarmInput, void> = {
  refuses: [
    'ActionConfiguration',
    'EvaluateLowSampleCountPercentile',
    'EvaluationCriteria',
    'EvaluationInterval',
    'EvaluationWindow',
    'WarmUpConfiguration',
  ],
  partly:
    'alarms on anomaly detection, actions on anything but functions and topics, extended statistics of more than 180 periods ago, functions of metric math beyond AVG, MIN, MAX, SUM, DATAPOINT_COUNT, ABS, CEIL, FLOOR, FILL, IF, PERIOD, TIME_SERIES, DIFF, DIFF_TIME, RATE, FIRST, LAST, LOG, LOG10, METRICS, REMOVE_EMPTY, RUNNING_SUM and STDDEV',
  permissions: (service, input) => service.onAlarms('PutMetricAlarm', [input.AlarmName ?? '']),
  run: (service, input) => {
    const { kernel } = service.ctx;
    const name = input.AlarmName;
    if (!name) throw missingParameter('AlarmName');
    checkActions(input);
    const existing = service.alarms.get(name);
    const alarm = existing ?? new Alarm(name, service.arnOf(name), kernel.uuid('cloudwatch.metric-id'), kernel.now());
    alarm.define(input, kernel.now());
    alarm.noteDefinition(existing !== undefined);
    if (existing) return;
    for (const { Key = '', Value = '' } of input.Tags ?? []) alarm.tags.set(Key, Value);
    service.alarms.set(name, alarm);
    service.clock.start();
  },
};
