import type { DescribeEventBusRequest, DescribeEventBusResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EventsService } from '../events-service.ts';

export const describeEventBus: ActionDefinition<EventsService, DescribeEventBusRequest, DescribeEventBusResponse> = {
  run: (service, input) => {
    const bus = service.bus(input.Name);
    const created = new Date(bus.createdMs);
    return { Name: bus.name, Arn: bus.arn, CreationTime: created, LastModifiedTime: created };
  },
};
