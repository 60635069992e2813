import type { DeleteConnectionRequest, DeleteConnectionResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import { stateOf } from '../connection.ts';
import type { EventsService } from '../events-service.ts';
import { onConnection } from './on-connection.ts';

/** A connection goes together with its secret. */
export const deleteConnection: ActionDefinition<EventsService, DeleteConnectionRequest, DeleteConnectionResponse> = {
  permissions: onConnection('DeleteConnection'),
  run: async (service, input, { caller }) => {
    const connection = service.connection(input.Name);
    await service.ctx.call({
      service: 'secretsmanager',
      action: 'DeleteSecret',
      caller,
      input: { SecretId: connection.secretArn, ForceDeleteWithoutRecovery: true },
    });
    service.connections.delete(connection.name);
    return { ...stateOf(connection), ConnectionState: 'DELETING' };
  },
};
