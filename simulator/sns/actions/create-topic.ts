import type { CreateTopicInput, CreateTopicResponse } from '@aws-sdk/client-sns';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { snsErrors } from '../errors.ts';
import type { SnsService } from '../sns-service.ts';
import { setAttribute } from '../topic-attributes.ts';

/** Creating a topic that is there already answers with it, unless its attributes would differ. */
export const createTopic: ActionDefinition<SnsService, CreateTopicInput, CreateTopicResponse> = {
  refuses: ['DataProtectionPolicy'],
  partly: 'FIFO topics; attributes other than those of `SetTopicAttributes`',
  permissions: (service, input) => [{ action: 'SNS:CreateTopic', resource: service.arnOf(input.Name ?? '') }],
  run: (service, input) => {
    const name = input.Name ?? '';
    if (name.endsWith('.fifo') || input.Attributes?.FifoTopic === 'true') throw notModelled('FIFO topics');
    if (!/^[\w-]{1,256}$/.test(name)) throw snsErrors.invalid('Topic Name');
    const given = Object.entries(input.Attributes ?? {});
    const existing = service.topics.get(service.arnOf(name));
    if (existing) {
      if (given.some(([key, value]) => existing.attributes.get(key) !== value))
        throw snsErrors.invalid('Attributes Reason: Topic already exists with different attributes');
      if ((input.Tags ?? []).some(({ Key = '', Value = '' }) => existing.tags.get(Key) !== Value))
        throw snsErrors.invalid('Tags Reason: Topic already exists with different tags');
      return { TopicArn: existing.arn };
    }
    const topic = {
      name,
      arn: service.arnOf(name),
      attributes: new Map<string, string>(),
      tags: new Map((input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      deletedSubscriptions: 0,
    };
    for (const [key, value] of given) setAttribute(topic, key, value);
    service.topics.set(topic.arn, topic);
    return { TopicArn: topic.arn };
  },
};
