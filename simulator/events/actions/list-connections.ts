import type { ListConnectionsRequest, ListConnectionsResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import { stateOf } from '../connection.ts';
import type { EventsService } from '../events-service.ts';
import { page } from '../page.ts';

export const listConnections: ActionDefinition<EventsService, ListConnectionsRequest, ListConnectionsResponse> = {
  run: (service, input) => {
    const found = [...service.connections.values()]
      .filter(({ name }) => name.startsWith(input.NamePrefix ?? ''))
      .filter(({ state }) => input.ConnectionState === undefined || state === input.ConnectionState)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { items, next } = page(found, input.Limit, input.NextToken);
    return {
      Connections: items.map((connection) => ({
        ...stateOf(connection),
        Name: connection.name,
        AuthorizationType: connection.authorizationType,
      })),
      NextToken: next,
    };
  },
};
