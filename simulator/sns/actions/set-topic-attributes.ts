import type { SetTopicAttributesInput } from '@aws-sdk/client-sns';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SnsService } from '../sns-service.ts';
import { setAttribute } from '../topic-attributes.ts';
import { onTopic } from './on-topic.ts';

export const setTopicAttributes: ActionDefinition<SnsService, SetTopicAttributesInput, object> = {
  ...onTopic('SetTopicAttributes'),
  partly: 'attributes other than `DisplayName`, `KmsMasterKeyId`, `Policy`, `SignatureVersion` and `TracingConfig`',
  run: (service, input) => {
    setAttribute(service.topic(input.TopicArn), input.AttributeName ?? '', input.AttributeValue ?? '');
    return {};
  },
};
