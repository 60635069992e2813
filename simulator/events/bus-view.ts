import type { EventBus as BusDescription } from '@aws-sdk/client-eventbridge';
import type { EventBus } from './model.ts';

/** A bus as the API shows it. */
export const describeBus = (bus: EventBus): BusDescription => ({
  Name: bus.name,
  Arn: bus.arn,
  CreationTime: new Date(bus.createdMs),
  LastModifiedTime: new Date(bus.modifiedMs),
  ...(bus.policy === undefined ? {} : { Policy: JSON.stringify(bus.policy) }),
});
