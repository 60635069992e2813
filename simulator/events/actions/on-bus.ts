import type { Permission } from '../../cloud/service.ts';
import { busNameOf, type EventsService } from '../events-service.ts';

/** What IAM is asked for an action on one bus. */
export const onBus =
  (action: string) =>
  (service: EventsService, input: { readonly EventBusName?: string | undefined }): readonly Permission[] => [
    {
      action: `events:${action}`,
      resource: `arn:aws:events:${service.ctx.region}:${service.ctx.accountId}:event-bus/${busNameOf(input.EventBusName)}`,
    },
  ];
