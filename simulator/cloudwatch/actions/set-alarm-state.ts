import type { SetAlarmStateInput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { missingParameter, validation } from '../errors.ts';

const states: readonly string[] = ['INSUFFICIENT_DATA', 'ALARM', 'OK'];

export const setAlarmState: ActionDefinition<CloudWatchService, SetAlarmStateInput, void> = {
  permissions: (service, input) => service.onAlarms('SetAlarmState', [input.AlarmName ?? '']),
  run: (service, input) => {
    const { StateValue: value, StateReason: reason } = input;
    if (value === undefined || !states.includes(value))
      throw validation(
        `1 validation error detected: Value '${value}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [${states.join(', ')}]`,
      );
    if (reason === undefined) throw missingParameter('StateReason');
    const reasonData = input.StateReasonData;
    if (reasonData !== undefined) checkJson(reasonData);
    service.clock.enter(service.alarm(input.AlarmName), {
      value,
      reason,
      reasonData,
      atMs: service.ctx.kernel.now(),
    });
  },
};

const checkJson = (text: string): void => {
  try {
    JSON.parse(text);
  } catch {
    throw validation('TemplateFormatError: StateReasonData is not a valid JSON text');
  }
};
