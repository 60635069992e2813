import type { PutCompositeAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { CompositeAlarm } from '../composite-alarm.ts';
import { missingParameter, validation } from '../errors.ts';
import { checkActions } from './alarm-actions.ts';

export const putCompositeAlarm: ActionDefinition<CloudWatchService, PutCompositeAlarmInput, void> = {
  refuses: ['ActionsSuppressor', 'ActionsSuppressorExtensionPeriod', 'ActionsSuppressorWaitPeriod'],
  partly: 'actions on anything but functions and topics',
  permissions: (service, input) => service.onAlarms('PutCompositeAlarm', [input.AlarmName ?? '']),
  run: (service, input) => {
    const { kernel } = service.ctx;
    const name = input.AlarmName;
    if (!name) throw missingParameter('AlarmName');
    if (!input.AlarmRule) throw missingParameter('AlarmRule');
    checkActions(input);
    const existing = service.composites.get(name);
    const alarm = existing ?? new CompositeAlarm(name, service.arnOf(name), kernel.now());
    alarm.define(input, kernel.now());
    const missing = alarm.rule.alarms.filter((child) => !service.findAlarm(child));
    if (missing.length > 0)
      throw validation(
        `Could not save the composite alarm as alarms [${missing.join(', ')}] in the alarm rule do not exist`,
      );
    alarm.noteDefinition(existing !== undefined);
    if (!existing) for (const { Key = '', Value = '' } of input.Tags ?? []) alarm.tags.set(Key, Value);
    service.composites.set(name, alarm);
    service.evaluateLater(alarm);
  },
};
