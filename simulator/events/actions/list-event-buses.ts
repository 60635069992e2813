import type { ListEventBusesRequest, ListEventBusesResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import { listedBus } from '../bus-view.ts';
import type { EventsService } from '../events-service.ts';
import { page } from '../page.ts';

export const listEventBuses: ActionDefinition<EventsService, ListEventBusesRequest, ListEventBusesResponse> = {
  run: (service, input) => {
    const buses = [...service.buses.values()]
      .filter((bus) => bus.name.startsWith(input.NamePrefix ?? ''))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { items, next } = page(buses, input.Limit, input.NextToken);
    return { EventBuses: items.map(listedBus), NextToken: next };
  },
};
