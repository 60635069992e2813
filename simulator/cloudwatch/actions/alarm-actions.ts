import { notModelled } from '../../cloud/aws-error.ts';
import type { AlarmActions } from '../stateful-alarm.ts';

/** An action on a topic goes nowhere here but into the alarm's history; any other would change something. */
export const checkActions = (input: AlarmActions): void => {
  for (const action of [
    ...(input.AlarmActions ?? []),
    ...(input.OKActions ?? []),
    ...(input.InsufficientDataActions ?? []),
  ])
    if (action.split(':')[2] !== 'sns') throw notModelled(`the alarm action ${action}`);
};
