import type { CreateLogGroupRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { exists, invalidParameter } from '../errors.ts';
import { LogGroup } from '../log-group.ts';
import type { LogsService } from '../logs-service.ts';
import { onGroup } from './on-group.ts';

export const createLogGroup: ActionDefinition<LogsService, CreateLogGroupRequest, void> = {
  refuses: ['deletionProtectionEnabled'],
  ...onGroup('CreateLogGroup'),
  run: (service, input) => {
    const name = input.logGroupName ?? '';
    if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name))
      throw invalidParameter(
        `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
      );
    if (service.groups.has(name)) throw exists('group');
    const group = new LogGroup({
      name,
      arn: service.arnOf(name),
      createdMs: service.ctx.kernel.now(),
      kmsKeyId: input.kmsKeyId,
      logGroupClass: input.logGroupClass,
    });
    for (const [key, value] of Object.entries(input.tags ?? {})) group.tags.set(key, value);
    service.groups.set(name, group);
  },
};
