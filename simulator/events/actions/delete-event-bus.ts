import type { DeleteEventBusRequest } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import { validation } from '../errors.ts';
import { defaultBus, type EventsService } from '../events-service.ts';

export const deleteEventBus: ActionDefinition<EventsService, DeleteEventBusRequest, object> = {
  run: (service, input) => {
    const name = input.Name ?? '';
    if (name === defaultBus) throw validation('Cannot delete event bus default.');
    if ((service.buses.get(name)?.rules.size ?? 0) > 0)
      throw validation("Event bus can't be deleted since it has rules.");
    service.buses.delete(name);
    return {};
  },
};
