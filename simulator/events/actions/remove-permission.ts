import type { RemovePermissionRequest } from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { setPolicy } from '../bus-policy.ts';
import type { EventsService } from '../events-service.ts';
import { onBus } from './on-bus.ts';

export const removePermission: ActionDefinition<EventsService, RemovePermissionRequest, void> = {
  permissions: onBus('RemovePermission'),
  run: (service, input) => {
    const bus = service.bus(input.EventBusName);
    const nowMs = service.ctx.kernel.now();
    const policy = bus.policy ?? { Version: '2012-10-17', Statement: [] };
    if (input.RemoveAllPermissions) {
      setPolicy(bus, { ...policy, Statement: [] }, nowMs);
      return;
    }
    if (policy.Statement.length === 0)
      throw new AwsError('ResourceNotFoundException', 'EventBus does not have a policy.');
    const left = policy.Statement.filter(({ Sid }) => Sid !== input.StatementId);
    if (left.length === policy.Statement.length)
      throw new AwsError('ResourceNotFoundException', 'Statement with the provided id does not exist.');
    setPolicy(bus, { ...policy, Statement: left }, nowMs);
  },
};
