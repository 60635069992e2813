import type { PutRetentionPolicyRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { invalidParameter } from '../errors.ts';
import type { LogsService } from '../logs-service.ts';
import { onGroup } from './on-group.ts';

const accepted: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const putRetentionPolicy: ActionDefinition<LogsService, PutRetentionPolicyRequest, void> = {
  ...onGroup('PutRetentionPolicy'),
  run: (service, input) => {
    const days = input.retentionInDays;
    if (days === undefined || !accepted.includes(days))
      throw invalidParameter(
        `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${accepted.join(', ')}]`,
      );
    service.group(input.logGroupName).retentionDays = days;
  },
};
