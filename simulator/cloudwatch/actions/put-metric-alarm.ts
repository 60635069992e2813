import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { Alarm } from '../alarm.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { missingParameter } from '../errors.ts';

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
    'alarms on anomaly detection, actions on anything but topics (which go nowhere), percentiles and other extended statistics, functions of metric math beyond AVG, MIN, MAX, SUM, DATAPOINT_COUNT, ABS, CEIL, FLOOR, FILL, IF, PERIOD, TIME_SERIES, DIFF, RATE, FIRST, LAST and METRICS',
  permissions: (service, input) => service.onAlarms('PutMetricAlarm', [input.AlarmName ?? '']),
  run: (service, input) => {
    const { kernel } = service.ctx;
    const name = input.AlarmName;
    if (!name) throw missingParameter('AlarmName');
    // An action on a topic goes nowhere here but into the alarm's history; any other would change something.
    for (const action of [
      ...(input.AlarmActions ?? []),
      ...(input.OKActions ?? []),
      ...(input.InsufficientDataActions ?? []),
    ])
      if (action.split(':')[2] !== 'sns') throw notModelled(`the alarm action ${action}`);
    const existing = service.alarms.get(name);
    const alarm = existing ?? new Alarm(name, service.arnOf(name), kernel.uuid('cloudwatch.metric-id'), kernel.now());
    alarm.define(input, kernel.now());
    alarm.note({
      Timestamp: new Date(kernel.now()),
      HistoryItemType: 'ConfigurationUpdate',
      HistorySummary: `Alarm "${name}" ${existing ? 'updated' : 'created'}`,
      HistoryData: JSON.stringify({ version: '1.0', type: existing ? 'Update' : 'Create' }),
    });
    if (existing) return;
    for (const { Key = '', Value = '' } of input.Tags ?? []) alarm.tags.set(Key, Value);
    service.alarms.set(name, alarm);
    service.clock.start();
  },
};
