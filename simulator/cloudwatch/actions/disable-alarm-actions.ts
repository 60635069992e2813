import type { DisableAlarmActionsInput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';

export const disableAlarmActions: ActionDefinition<CloudWatchService, DisableAlarmActionsInput, void> = {
  permissions: (service, input) => service.onAlarms('DisableAlarmActions', input.AlarmNames ?? []),
  run: (service, input) => {
    for (const name of input.AlarmNames ?? []) {
      const alarm = service.findAlarm(name);
      if (alarm) alarm.actionsEnabled = false;
    }
  },
};
