import type { DescribeEventBusRequest, DescribeEventBusResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import { describeBus } from '../bus-view.ts';
import type { EventsService } from '../events-service.ts';

export const describeEventBus: ActionDefinition<EventsService, DescribeEventBusRequest, DescribeEventBusResponse> = {
  run: (service, input) => describeBus(service.bus(input.Name)),
};
