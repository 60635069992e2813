import type { DeauthorizeConnectionRequest, DeauthorizeConnectionResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import { stateOf } from '../connection.ts';
import type { EventsService } from '../events-service.ts';
import { onConnection } from './on-connection.ts';

/** Takes all parameters away; an update with new ones authorizes the connection again. */
export const deauthorizeConnection: ActionDefinition<
  EventsService,
  DeauthorizeConnectionRequest,
  DeauthorizeConnectionResponse
> = {
  permissions: onConnection('DeauthorizeConnection'),
  run: (service, input) => {
    const connection = service.connection(input.Name);
    connection.authParameters = undefined;
    connection.modifiedMs = service.ctx.kernel.now();
    connection.state = 'DEAUTHORIZED';
    return { ...stateOf(connection), ConnectionState: 'DEAUTHORIZING' };
  },
};
