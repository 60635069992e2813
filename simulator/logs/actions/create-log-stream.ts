import type { CreateLogStreamRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { exists, invalidParameter } from '../errors.ts';
import { LogStream } from '../log-group.ts';
import type { LogsService } from '../logs-service.ts';
import { onGroup } from './on-group.ts';

export const createLogStream: ActionDefinition<LogsService, CreateLogStreamRequest, void> = {
  ...onGroup('CreateLogStream'),
  run: (service, input) => {
    const group = service.group(input.logGroupName);
    const name = input.logStreamName ?? '';
    if (!/^[^:*]{1,512}$/.test(name))
      throw invalidParameter(
        `1 validation error detected: Value '${name}' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*`,
      );
    if (group.streams.has(name)) throw exists('stream');
    group.streams.set(name, new LogStream(name, service.ctx.kernel.now()));
  },
};
