import type { ServiceContext } from '../cloud/service.ts';
import type { Notification, Subscription } from './model.ts';

/**
 * The JSON text in which a queue gets a notification that is not delivered raw.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export const envelope = (ctx: ServiceContext, subscription: Subscription, notification: Notification): string => {
  const { kernel, region } = ctx;
  const attributes = Object.entries(notification.attributes);
  const host = `https://sns.${region}.amazonaws.com`;
  return JSON.stringify(
    {
      Type: 'Notification',
      MessageId: notification.id,
      TopicArn: notification.topic.arn,
      ...(notification.subject === undefined ? {} : { Subject: notification.subject }),
      Message: notification.textFor(subscription.protocol),
      Timestamp: new Date(notification.atMs).toISOString(),
      SignatureVersion: '1',
      // Nobody can check it: there is no certificate behind the URL.
      Signature: Buffer.from(kernel.hex('sns-signature', 64)).toString('base64'),
      SigningCertURL: `${host}/SimpleNotificationService-${'0'.repeat(32)}.pem`,
      UnsubscribeURL: `${host}/?Action=Unsubscribe&SubscriptionArn=${subscription.arn}`,
      ...(attributes.length > 0
        ? {
            MessageAttributes: Object.fromEntries(
              attributes.map(([name, { DataType, StringValue, BinaryValue }]) => [
                name,
                { Type: DataType, Value: StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64') },
              ]),
            ),
          }
        : {}),
    },
    undefined,
    2,
  );
};
