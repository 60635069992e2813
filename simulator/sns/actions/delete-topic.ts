import type { DeleteTopicInput } from '@aws-sdk/client-sns';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SnsService } from '../sns-service.ts';
import { onTopic } from './on-topic.ts';

/** Idempotent; the topic's subscriptions go with it. */
export const deleteTopic: ActionDefinition<SnsService, DeleteTopicInput, object> = {
  ...onTopic('DeleteTopic'),
  run: (service, input) => {
    const topic = service.topics.get(input.TopicArn ?? '');
    if (!topic) return {};
    service.topics.delete(topic.arn);
    for (const subscription of service.subscriptionsOf(topic)) service.subscriptions.delete(subscription.arn);
    return {};
  },
};
