import type { DeleteRetentionPolicyRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LogsService } from '../logs-service.ts';
import { onGroup } from './on-group.ts';

export const deleteRetentionPolicy: ActionDefinition<LogsService, DeleteRetentionPolicyRequest, void> = {
  ...onGroup('DeleteRetentionPolicy'),
  run: (service, input) => {
    service.group(input.logGroupName).retentionDays = undefined;
  },
};
