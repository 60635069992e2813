import type { ListSubscriptionsByTopicInput, ListSubscriptionsByTopicResponse } from '@aws-sdk/client-sns';
import type { ActionDefinition } from '../../cloud/service.ts';
import { page } from '../page.ts';
import type { SnsService } from '../sns-service.ts';
import { subscriptionView } from './list-subscriptions.ts';
import { onTopic } from './on-topic.ts';

export const listSubscriptionsByTopic: ActionDefinition<
  SnsService,
  ListSubscriptionsByTopicInput,
  ListSubscriptionsByTopicResponse
> = {
  ...onTopic('ListSubscriptionsByTopic'),
  run: (service, input) => {
    const { items, NextToken } = page(service.subscriptionsOf(service.topic(input.TopicArn)), input.NextToken);
    return { Subscriptions: items.map(subscriptionView), NextToken };
  },
};
