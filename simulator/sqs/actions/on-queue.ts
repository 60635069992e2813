import type { ActionDefinition } from '../../cloud/service.ts';
import type { SqsService } from '../sqs-service.ts';

/** Permission and resource policy of an action on one queue: batches need the permission of the single action. */
export const onQueue = (
  action: string,
): Required<
  Pick<ActionDefinition<SqsService, { readonly QueueUrl?: string | undefined }>, 'permissions' | 'resourcePolicy'>
> => ({
  permissions: (service, input) => [{ action: `sqs:${action}`, resource: service.arnOfUrl(input.QueueUrl) }],
  resourcePolicy: (service, input) => service.policyOf(input.QueueUrl),
});
