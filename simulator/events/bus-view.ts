import type { DescribeEventBusResponse, EventBus as ListedBus } from '@aws-sdk/client-eventbridge';
import type { BusSettings, EventBus } from './model.ts';

/** A bus as lists show it. */
export const listedBus = (bus: EventBus): ListedBus => ({
  Name: bus.name,
  Arn: bus.arn,
  ...(bus.settings.Description === undefined ? {} : { Description: bus.settings.Description }),
  CreationTime: new Date(bus.createdMs),
  LastModifiedTime: new Date(bus.modifiedMs),
  ...(bus.policy === undefined ? {} : { Policy: JSON.stringify(bus.policy) }),
});

/** A bus as the API describes it. */
export const describeBus = (bus: EventBus): DescribeEventBusResponse => ({
  ...listedBus(bus),
  ...structuredClone(bus.settings),
});

/** Of a request, what it states about a bus. */
export const busSettings = ({ DeadLetterConfig, Description, KmsKeyIdentifier, LogConfig }: BusSettings): BusSettings =>
  structuredClone({
    ...(Description === undefined ? {} : { Description }),
    ...(KmsKeyIdentifier === undefined ? {} : { KmsKeyIdentifier }),
    ...(DeadLetterConfig === undefined ? {} : { DeadLetterConfig }),
    ...(LogConfig === undefined ? {} : { LogConfig }),
  });
