import type { ListSubscriptionsInput, ListSubscriptionsResponse, Subscription as View } from '@aws-sdk/client-sns';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { Subscription } from '../model.ts';
import { page } from '../page.ts';
import type { SnsService } from '../sns-service.ts';

export const subscriptionView = ({ arn, topic, protocol, endpoint, owner, token }: Subscription): View => ({
  SubscriptionArn: token === undefined ? arn : 'PendingConfirmation',
  Owner: owner,
  Protocol: protocol,
  Endpoint: endpoint,
  TopicArn: topic.arn,
});

export const listSubscriptions: ActionDefinition<SnsService, ListSubscriptionsInput, ListSubscriptionsResponse> = {
  permissions: (service) => [{ action: 'SNS:ListSubscriptions', resource: service.arnOf('*') }],
  run: (service, input) => {
    const { items, NextToken } = page([...service.subscriptions.values()], input.NextToken);
    return { Subscriptions: items.map(subscriptionView), NextToken };
  },
};
