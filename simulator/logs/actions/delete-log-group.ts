import type { DeleteLogGroupRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LogsService } from '../logs-service.ts';
import { onGroup } from './on-group.ts';

export const deleteLogGroup: ActionDefinition<LogsService, DeleteLogGroupRequest, void> = {
  ...onGroup('DeleteLogGroup'),
  run: (service, input) => {
    service.groups.delete(service.group(input.logGroupName).name);
  },
};
