import type { ConfirmSubscriptionInput, ConfirmSubscriptionResponse } from '@aws-sdk/client-sns';
import type { ActionDefinition } from '../../cloud/service.ts';
import { snsErrors } from '../errors.ts';
import type { SnsService } from '../sns-service.ts';
import { onTopic } from './on-topic.ts';

/** Takes the token of the letter that asked for it. */
export const confirmSubscription: ActionDefinition<SnsService, ConfirmSubscriptionInput, ConfirmSubscriptionResponse> =
  {
    ...onTopic('ConfirmSubscription'),
    refuses: ['AuthenticateOnUnsubscribe'],
    run: (service, input) => {
      const topic = service.topic(input.TopicArn);
      const subscription = service
        .subscriptionsOf(topic)
        .find(({ token }) => token !== undefined && token === input.Token);
      if (!subscription) throw snsErrors.invalid('Token');
      subscription.token = undefined;
      return { SubscriptionArn: subscription.arn };
    },
  };
