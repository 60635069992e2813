import type { DeleteAlarmsInput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';

export const deleteAlarms: ActionDefinition<CloudWatchService, DeleteAlarmsInput, void> = {
  permissions: (service, input) => service.onAlarms('DeleteAlarms', input.AlarmNames ?? []),
  run: (service, input) => {
    const names = (input.AlarmNames ?? []).map((name) => service.alarm(name).name);
    for (const name of names) if (!service.alarms.delete(name)) service.composites.delete(name);
  },
};
