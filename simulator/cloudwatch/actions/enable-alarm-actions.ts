import type { EnableAlarmActionsInput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';

export const enableAlarmActions: ActionDefinition<CloudWatchService, EnableAlarmActionsInput, void> = {
  permissions: (service, input) => service.onAlarms('EnableAlarmActions', input.AlarmNames ?? []),
  run: (service, input) => {
    for (const name of input.AlarmNames ?? []) {
      const alarm = service.findAlarm(name);
      if (alarm) alarm.actionsEnabled = true;
    }
  },
};
