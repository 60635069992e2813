import type { Permission } from '../../cloud/service.ts';
import type { EventsService } from '../events-service.ts';

/** The permission of an action on one rule. */
export const onRule =
  (action: string, member: 'Name' | 'Rule' = 'Name') =>
  (
    service: EventsService,
    input: { readonly Name?: string; readonly Rule?: string; readonly EventBusName?: string },
  ): readonly Permission[] => [
    { action: `events:${action}`, resource: service.ruleArn(input[member], input.EventBusName) },
  ];
