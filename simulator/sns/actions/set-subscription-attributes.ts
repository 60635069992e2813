import type { SetSubscriptionAttributesInput } from '@aws-sdk/client-sns';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SnsService } from '../sns-service.ts';
import { setSubscriptionAttribute } from '../subscription-attributes.ts';
import { onSubscription } from './on-topic.ts';

export const setSubscriptionAttributes: ActionDefinition<SnsService, SetSubscriptionAttributesInput, object> = {
  ...onSubscription('SetSubscriptionAttributes'),
  partly: 'attributes other than `RawMessageDelivery`',
  run: (service, input) => {
    const { AttributeName = '', AttributeValue = '' } = input;
    setSubscriptionAttribute(service.subscription(input.SubscriptionArn), AttributeName, AttributeValue);
    return {};
  },
};
