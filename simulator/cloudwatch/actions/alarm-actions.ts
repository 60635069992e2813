import { notModelled } from '../../cloud/aws-error.ts';
import type { AlarmActions } from '../stateful-alarm.ts';

const kinds = new Set(['lambda', 'sns']);

/** Topics are told, and functions called; what other actions do, to instances and to scaling, is not modelled. */
export const checkActions = (input: AlarmActions): void => {
  for (const action of [
    ...(input.AlarmActions ?? []),
    ...(input.OKActions ?? []),
    ...(input.InsufficientDataActions ?? []),
  ])
    if (!kinds.has(action.split(':')[2] ?? '')) throw notModelled(`the alarm action ${action}`);
};
