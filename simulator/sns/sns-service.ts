import type { ActionDefinition, PolicyDocument, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { confirmSubscription } from './actions/confirm-subscription.ts';
import { createTopic } from './actions/create-topic.ts';
import { deleteTopic } from './actions/delete-topic.ts';
import { getSubscriptionAttributes } from './actions/get-subscription-attributes.ts';
import { getTopicAttributes } from './actions/get-topic-attributes.ts';
import { listSubscriptions } from './actions/list-subscriptions.ts';
import { listSubscriptionsByTopic } from './actions/list-subscriptions-by-topic.ts';
import { listTagsForResource } from './actions/list-tags-for-resource.ts';
import { listTopics } from './actions/list-topics.ts';
import { publish } from './actions/publish.ts';
import { setSubscriptionAttributes } from './actions/set-subscription-attributes.ts';
import { setTopicAttributes } from './actions/set-topic-attributes.ts';
import { subscribe } from './actions/subscribe.ts';
import { tagResource } from './actions/tag-resource.ts';
import { unsubscribe } from './actions/unsubscribe.ts';
import { untagResource } from './actions/untag-resource.ts';
import { deliverToQueue, metric } from './delivery.ts';
import { envelope } from './envelope.ts';
import { snsErrors } from './errors.ts';
import type { Email, Notification, Subscription, Topic } from './model.ts';
import { policyOf } from './topic-policy.ts';

/** Letters that are kept. */
const emailsMax = 1_000;

/** Amazon SNS: standard topics that notify queues, and people by letters that are kept instead of sent. */
export class SnsService implements SimulatedService {
  readonly name = 'sns';
  readonly ctx: ServiceContext;
  readonly topics = new Map<string, Topic>();
  readonly subscriptions = new Map<string, Subscription>();
  /** Oldest first. */
  readonly emails: Email[] = [];

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<SnsService, any, any>>> = {
    ConfirmSubscription: confirmSubscription,
    CreateTopic: createTopic,
    DeleteTopic: deleteTopic,
    GetSubscriptionAttributes: getSubscriptionAttributes,
    GetTopicAttributes: getTopicAttributes,
    ListSubscriptions: listSubscriptions,
    ListSubscriptionsByTopic: listSubscriptionsByTopic,
    ListTagsForResource: listTagsForResource,
    ListTopics: listTopics,
    Publish: publish,
    SetSubscriptionAttributes: setSubscriptionAttributes,
    SetTopicAttributes: setTopicAttributes,
    Subscribe: subscribe,
    TagResource: tagResource,
    Unsubscribe: unsubscribe,
    UntagResource: untagResource,
  };

  constructor(ctx: ServiceContext) {
    this.ctx = ctx;
  }

  arnOf(name: string): string {
    return `arn:aws:sns:${this.ctx.region}:${this.ctx.accountId}:${name}`;
  }

  /** @throws AwsError */
  topic(arn: string | undefined): Topic {
    if (!arn || arn.split(':').length < 6)
      throw snsErrors.invalid('TopicArn Reason: An ARN must have at least 6 elements, not 1');
    const topic = this.topics.get(arn);
    if (!topic) throw snsErrors.noTopic();
    return topic;
  }

  /** @throws AwsError */
  taggedTopic(arn: string | undefined): Topic {
    const topic = this.topics.get(arn ?? '');
    if (!topic) throw snsErrors.noResource();
    return topic;
  }

  /** @throws AwsError */
  subscription(arn: string | undefined): Subscription {
    const subscription = this.subscriptions.get(arn ?? '');
    if (!subscription) throw snsErrors.noSubscription();
    return subscription;
  }

  subscriptionsOf(topic: Topic): readonly Subscription[] {
    return [...this.subscriptions.values()].filter((subscription) => subscription.topic === topic);
  }

  policyOf(arn: string | undefined): PolicyDocument | undefined {
    const topic = this.topics.get(arn ?? '');
    return topic && policyOf(topic, this.ctx.accountId);
  }

  /** Brings a message to every subscriber that has confirmed. */
  distribute(notification: Notification): void {
    const { kernel } = this.ctx;
    kernel.record('sns-published', { topic: notification.topic.name, message: notification.id });
    metric(this.ctx, notification, 'NumberOfMessagesPublished');
    for (const subscription of this.subscriptionsOf(notification.topic)) {
      if (subscription.token !== undefined) continue;
      const text = notification.textFor(subscription.protocol);
      if (subscription.protocol === 'sqs') {
        const body = subscription.isRaw ? text : envelope(this.ctx, subscription, notification);
        deliverToQueue(this.ctx, subscription, notification, body);
        continue;
      }
      this.#send(subscription, {
        subject: notification.subject ?? 'AWS Notification Message',
        text: subscription.protocol === 'email' ? text : envelope(this.ctx, subscription, notification),
        token: undefined,
      });
      metric(this.ctx, notification, 'NumberOfNotificationsDelivered');
    }
  }

  /** The letter with which a subscription by e-mail begins. */
  askToConfirm(subscription: Subscription, token: string): void {
    this.#send(subscription, {
      subject: 'AWS Notification - Subscription Confirmation',
      text: `You have chosen to subscribe to the topic:\n${subscription.topic.arn}\nTo confirm this subscription, call ConfirmSubscription with the token ${token}.`,
      token,
    });
  }

  #send({ endpoint, topic }: Subscription, letter: Pick<Email, 'subject' | 'text' | 'token'>): void {
    this.ctx.kernel.record('sns-email', { to: endpoint, topic: topic.name, subject: letter.subject });
    this.emails.push({ to: endpoint, topicArn: topic.arn, atMs: this.ctx.kernel.now(), ...letter });
    if (this.emails.length > emailsMax) this.emails.shift();
  }
}
