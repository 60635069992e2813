import type { Permission } from '../../cloud/service.ts';
import type { EventsService } from '../events-service.ts';

/** What IAM is asked for an action on one connection; before it is made, its ARN ends in no id. */
export const onConnection =
  (action: string) =>
  (service: EventsService, input: { readonly Name?: string | undefined }): readonly Permission[] => [
    {
      action: `events:${action}`,
      resource:
        service.connections.get(input.Name ?? '')?.arn ??
        `arn:aws:events:${service.ctx.region}:${service.ctx.accountId}:connection/${input.Name}`,
    },
  ];
