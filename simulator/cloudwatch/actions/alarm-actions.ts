import { notModelled } from '../../cloud/aws-error.ts';
import type { AlarmActions } from '../stateful-alarm.ts';

/** Topics are told; what other actions do, to instances and to scaling, is not modelled. */
export const checkActions = (input: AlarmActions): void => {
  for (const action of [
    ...(input.AlarmActions ?? []),
    ...(input.OKActions ?? []),
    ...(input.InsufficientDataActions ?? []),
  ])
    if (action.split(':')[2] !== 'sns') throw notModelled(`the alarm action ${action}`);
};
