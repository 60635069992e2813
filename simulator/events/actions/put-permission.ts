import type { PutPermissionRequest } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import { type BusStatement, parsePolicy, setPolicy } from '../bus-policy.ts';
import { validation } from '../errors.ts';
import type { EventsService } from '../events-service.ts';
import { onBus } from './on-bus.ts';

/** Lets another account put events on a bus: one statement for each id, or the whole policy at once. */
export const putPermission: ActionDefinition<EventsService, PutPermissionRequest, void> = {
  permissions: onBus('PutPermission'),
  run: (service, input) => {
    const bus = service.bus(input.EventBusName);
    const { kernel } = service.ctx;
    if (input.Policy !== undefined) {
      setPolicy(bus, parsePolicy(input.Policy), kernel.now());
      return;
    }
    const { StatementId: id, Principal: principal, Action: action, Condition: condition } = input;
    if (!id || !principal || !action)
      throw validation('Parameter(s) StatementId, Principal and Action or Policy must be specified.');
    if (action !== 'events:PutEvents') throw validation("Provided value in parameter 'action' is not supported.");
    const statement: BusStatement = {
      Sid: id,
      Effect: 'Allow',
      Principal: principal === '*' ? '*' : { AWS: `arn:aws:iam::${principal}:root` },
      Action: action,
      Resource: bus.arn,
      ...(condition ? { Condition: { [condition.Type ?? '']: { [condition.Key ?? '']: condition.Value ?? '' } } } : {}),
    };
    const others = (bus.policy?.Statement ?? []).filter(({ Sid }) => Sid !== id);
    setPolicy(bus, { Version: '2012-10-17', ...bus.policy, Statement: [...others, statement] }, kernel.now());
  },
};
