import type { CreateEventBusRequest, CreateEventBusResponse } from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { busSettings } from '../bus-view.ts';
import { validation } from '../errors.ts';
import type { EventsService } from '../events-service.ts';

export const createEventBus: ActionDefinition<EventsService, CreateEventBusRequest, CreateEventBusResponse> = {
  refuses: ['EventSourceName'],
  partly: 'what a dead-letter queue, a key and a log of the bus would do; they are told back as they were given',
  run: (service, input) => {
    const name = input.Name as string;
    // Only buses of partners have names with slashes.
    if (name.includes('/')) throw validation("Parameter Name is not valid. Reason: Name must not contain '/'.");
    if (service.buses.has(name))
      throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
    const bus = service.addBus(name);
    bus.settings = busSettings(input);
    for (const tag of input.Tags ?? []) bus.tags.set(tag.Key ?? '', tag.Value ?? '');
    return { EventBusArn: bus.arn, ...busSettings(input) };
  },
};
