import type { ActionDefinition } from '../../cloud/service.ts';
import type { SnsService } from '../sns-service.ts';

/** What IAM is asked for an action on one topic, whose own policy may allow it too. */
export const onTopic = (
  action: string,
): Required<
  Pick<ActionDefinition<SnsService, { readonly TopicArn?: string | undefined }>, 'permissions' | 'resourcePolicy'>
> => ({
  permissions: (_service, input) => [{ action: `SNS:${action}`, resource: input.TopicArn ?? '*' }],
  resourcePolicy: (service, input) => service.policyOf(input.TopicArn),
});

/** The same on a topic whose subscription the request names. */
export const onSubscription = (
  action: string,
): Required<Pick<ActionDefinition<SnsService, { readonly SubscriptionArn?: string | undefined }>, 'permissions'>> => ({
  permissions: (_service, input) => [
    { action: `SNS:${action}`, resource: (input.SubscriptionArn ?? '*').split(':').slice(0, 6).join(':') },
  ],
});
