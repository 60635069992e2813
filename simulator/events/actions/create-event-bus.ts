import type { CreateEventBusRequest, CreateEventBusResponse } from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { checkName } from '../errors.ts';
import type { EventsService } from '../events-service.ts';

export const createEventBus: ActionDefinition<EventsService, CreateEventBusRequest, CreateEventBusResponse> = {
  refuses: ['DeadLetterConfig', 'EventSourceName', 'KmsKeyIdentifier', 'LogConfig'],
  run: (service, input) => {
    checkName(input.Name, 'name', 256);
    const name = input.Name as string;
    if (service.buses.has(name))
      throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
    const bus = service.addBus(name);
    for (const tag of input.Tags ?? []) bus.tags.set(tag.Key ?? '', tag.Value ?? '');
    return { EventBusArn: bus.arn };
  },
};
