import type { UpdateEventBusRequest, UpdateEventBusResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import { busSettings } from '../bus-view.ts';
import type { EventsService } from '../events-service.ts';

/** Changes what the request states, and leaves the rest. The default bus is updated when no name is given. */
export const updateEventBus: ActionDefinition<EventsService, UpdateEventBusRequest, UpdateEventBusResponse> = {
  partly: 'what a dead-letter queue, a key and a log of the bus would do; they are told back as they were given',
  run: (service, input) => {
    const bus = service.bus(input.Name);
    bus.settings = { ...bus.settings, ...busSettings(input) };
    bus.modifiedMs = service.ctx.kernel.now();
    return { Arn: bus.arn, Name: bus.name, ...structuredClone(bus.settings) };
  },
};
