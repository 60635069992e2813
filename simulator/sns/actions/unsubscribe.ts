import type { UnsubscribeInput } from '@aws-sdk/client-sns';
import type { ActionDefinition } from '../../cloud/service.ts';
import { snsErrors } from '../errors.ts';
import type { SnsService } from '../sns-service.ts';
import { onSubscription } from './on-topic.ts';

export const unsubscribe: ActionDefinition<SnsService, UnsubscribeInput, object> = {
  ...onSubscription('Unsubscribe'),
  run: (service, input) => {
    const arn = input.SubscriptionArn ?? '';
    if (arn.split(':').length !== 7)
      throw snsErrors.invalid('SubscriptionArn Reason: An ARN must have at least 6 elements');
    const subscription = service.subscriptions.get(arn);
    if (!subscription) return {};
    service.subscriptions.delete(arn);
    subscription.topic.deletedSubscriptions += 1;
    return {};
  },
};
