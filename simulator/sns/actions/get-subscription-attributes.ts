import type { GetSubscriptionAttributesInput, GetSubscriptionAttributesResponse } from '@aws-sdk/client-sns';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SnsService } from '../sns-service.ts';
import { onSubscription } from './on-topic.ts';

export const getSubscriptionAttributes: ActionDefinition<
  SnsService,
  GetSubscriptionAttributesInput,
  GetSubscriptionAttributesResponse
> = {
  ...onSubscription('GetSubscriptionAttributes'),
  run: (service, input) => {
    const { arn, topic, protocol, endpoint, owner, token, isRaw } = service.subscription(input.SubscriptionArn);
    return {
      Attributes: {
        SubscriptionArn: arn,
        TopicArn: topic.arn,
        Protocol: protocol,
        Endpoint: endpoint,
        Owner: owner,
        RawMessageDelivery: String(isRaw),
        PendingConfirmation: String(token !== undefined),
        ConfirmationWasAuthenticated: String(protocol === 'sqs'),
        SubscriptionPrincipal: `arn:aws:iam::${owner}:root`,
      },
    };
  },
};
