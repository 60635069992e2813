import { notModelled } from '../cloud/aws-error.ts';
import { snsErrors } from './errors.ts';
import type { Subscription } from './model.ts';

/** @throws AwsError */
export const setSubscriptionAttribute = (subscription: Subscription, name: string, value: string): void => {
  if (name !== 'RawMessageDelivery') throw notModelled(`the attribute ${name} of subscriptions`);
  if (!/^(true|false)$/i.test(value)) throw snsErrors.invalid('Attributes Reason: RawMessageDelivery: Invalid value');
  if (subscription.protocol !== 'sqs')
    throw snsErrors.invalid(
      `Attributes Reason: Delivery protocol [${subscription.protocol}] does not support raw message delivery.`,
    );
  subscription.isRaw = /^true$/i.test(value);
};
