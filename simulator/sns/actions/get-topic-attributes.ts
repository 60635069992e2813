import type { GetTopicAttributesInput, GetTopicAttributesResponse } from '@aws-sdk/client-sns';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SnsService } from '../sns-service.ts';
import { effectiveDeliveryPolicy } from '../topic-attributes.ts';
import { policyTextOf } from '../topic-policy.ts';
import { onTopic } from './on-topic.ts';

export const getTopicAttributes: ActionDefinition<SnsService, GetTopicAttributesInput, GetTopicAttributesResponse> = {
  ...onTopic('GetTopicAttributes'),
  run: (service, input) => {
    const topic = service.topic(input.TopicArn);
    const subscriptions = service.subscriptionsOf(topic);
    const pending = subscriptions.filter(({ token }) => token !== undefined).length;
    return {
      Attributes: {
        ...Object.fromEntries(topic.attributes),
        TopicArn: topic.arn,
        Owner: service.ctx.accountId,
        DisplayName: topic.attributes.get('DisplayName') ?? '',
        Policy: policyTextOf(topic, service.ctx.accountId),
        EffectiveDeliveryPolicy: effectiveDeliveryPolicy,
        SubscriptionsPending: String(pending),
        SubscriptionsConfirmed: String(subscriptions.length - pending),
        SubscriptionsDeleted: String(topic.deletedSubscriptions),
      },
    };
  },
};
