import type { SubscribeInput, SubscribeResponse } from '@aws-sdk/client-sns';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { snsErrors } from '../errors.ts';
import { type Protocol, protocols } from '../model.ts';
import type { SnsService } from '../sns-service.ts';
import { setSubscriptionAttribute } from '../subscription-attributes.ts';
import { onTopic } from './on-topic.ts';

/** A queue of the account is subscribed at once; whoever reads e-mail must confirm it with the token of a letter. */
export const subscribe: ActionDefinition<SnsService, SubscribeInput, SubscribeResponse> = {
  ...onTopic('Subscribe'),
  partly: 'protocols other than `email`, `email-json` and `sqs`; attributes other than `RawMessageDelivery`',
  permissions: (_service, input) => [
    {
      action: 'SNS:Subscribe',
      resource: input.TopicArn ?? '*',
      context: { 'sns:Protocol': input.Protocol ?? '', 'sns:Endpoint': input.Endpoint ?? '' },
    },
  ],
  run: (service, input) => {
    const topic = service.topic(input.TopicArn);
    const { Protocol: protocol = '', Endpoint: endpoint = '' } = input;
    if (!isProtocol(protocol)) throw notModelled(`subscriptions of the protocol '${protocol}'`);
    if (protocol === 'sqs' && !/^arn:aws[\w-]*:sqs:[\w-]+:\d{12}:[\w-]+$/.test(endpoint))
      throw snsErrors.invalid('SQS endpoint ARN');
    if (protocol !== 'sqs' && !/^[^@\s]+@[^@\s]+$/.test(endpoint)) throw snsErrors.invalid('Email address');
    const known = service
      .subscriptionsOf(topic)
      .find((candidate) => candidate.protocol === protocol && candidate.endpoint === endpoint);
    const subscription = known ?? {
      arn: `${topic.arn}:${service.ctx.kernel.uuid('sns-subscription')}`,
      topic,
      protocol,
      endpoint,
      owner: service.ctx.accountId,
      token: protocol === 'sqs' ? undefined : service.ctx.kernel.hex('sns-confirmation-token', 64),
      isRaw: false,
    };
    for (const [name, value] of Object.entries(input.Attributes ?? {}))
      setSubscriptionAttribute(subscription, name, value);
    service.subscriptions.set(subscription.arn, subscription);
    if (subscription.token === undefined) return { SubscriptionArn: subscription.arn };
    service.askToConfirm(subscription, subscription.token);
    return { SubscriptionArn: input.ReturnSubscriptionArn ? subscription.arn : 'pending confirmation' };
  },
};

const isProtocol = (text: string): text is Protocol => (protocols as readonly string[]).includes(text);
