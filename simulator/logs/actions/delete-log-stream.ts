import type { DeleteLogStreamRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LogsService } from '../logs-service.ts';
import { onGroup } from './on-group.ts';

export const deleteLogStream: ActionDefinition<LogsService, DeleteLogStreamRequest, void> = {
  ...onGroup('DeleteLogStream'),
  run: (service, input) => {
    const group = service.group(input.logGroupName);
    group.streams.delete(group.stream(input.logStreamName).name);
  },
};
