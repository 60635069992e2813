import { AwsError } from '../cloud/aws-error.ts';
import type { ServiceContext } from '../cloud/service.ts';
import type { Notification, Subscription } from './model.ts';

/**
 * Retries for endpoints of AWS: three at once, two after a second each, ten with a back-off from 1 s to 20 s, then one
 * every 20 s, 100,015 in all. Errors of the client are not tried again.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
const attemptsMax = 100_015;

const waitMs = (failures: number): number => {
  if (failures <= 3) return 0;
  if (failures <= 5) return 1_000;
  if (failures <= 15) return Math.min(20_000, 1_000 * 2 ** (failures - 6));
  return 20_000;
};

/** Brings a notification to a queue. */
export const deliverToQueue = (
  ctx: ServiceContext,
  subscription: Subscription,
  notification: Notification,
  body: string,
): void => {
  const { kernel } = ctx;
  const about = { topic: notification.topic.name, to: subscription.endpoint, message: notification.id };
  let failures = 0;
  const attempt = async (): Promise<void> => {
    try {
      await ctx.call({
        service: 'sqs',
        action: 'SendMessage',
        caller: { kind: 'service', principal: 'sns.amazonaws.com', sourceArn: notification.topic.arn },
        input: {
          QueueUrl: queueUrl(subscription.endpoint),
          MessageBody: body,
          // Without the envelope the message's attributes go along as the queue's own.
          ...(subscription.isRaw && Object.keys(notification.attributes).length > 0
            ? { MessageAttributes: structuredClone(notification.attributes) }
            : {}),
        },
      });
      kernel.record('sns-delivered', about);
      metric(ctx, notification, 'NumberOfNotificationsDelivered');
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failures += 1;
      const isTransient = error.status >= 500 || /Throttl/.test(error.code);
      if (isTransient && failures <= attemptsMax) {
        kernel.afterAws(waitMs(failures), 'sns-retry', attempt);
        return;
      }
      kernel.record('sns-failed', { ...about, error: error.code });
      metric(ctx, notification, 'NumberOfNotificationsFailed');
    }
  };
  kernel.afterAws(ctx.fidelity.sns.deliveryMs, 'sns-delivery', attempt);
};

const queueUrl = (arn: string): string => {
  const [, , , region, account, name] = arn.split(':');
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
};

export const metric = (ctx: ServiceContext, { topic }: Pick<Notification, 'topic'>, name: string): void =>
  ctx.metric({ namespace: 'AWS/SNS', name, dimensions: { TopicName: topic.name }, value: 1, unit: 'Count' });
