import type { PublishInput, PublishResponse } from '@aws-sdk/client-sns';
import type { ActionDefinition } from '../../cloud/service.ts';
import { snsErrors } from '../errors.ts';
import type { Notification } from '../model.ts';
import type { SnsService } from '../sns-service.ts';

const bytesMax = 262_144;
const subjectMax = 100;

export const publish: ActionDefinition<SnsService, PublishInput, PublishResponse> = {
  refuses: ['MessageDeduplicationId', 'MessageGroupId', 'PhoneNumber'],
  permissions: (_service, input) => [{ action: 'SNS:Publish', resource: topicOf(input) ?? '*' }],
  resourcePolicy: (service, input) => service.policyOf(topicOf(input)),
  run: (service, input) => {
    const { Message: message = '', Subject: subject, MessageAttributes: attributes = {} } = input;
    if (topicOf(input) === undefined)
      throw snsErrors.invalid('TopicArn or TargetArn Reason: no value for required parameter');
    const topic = service.topic(topicOf(input));
    if (message === '') throw snsErrors.invalid('Empty message');
    if (Buffer.byteLength(message) > bytesMax) throw snsErrors.invalid('Message too long');
    // "Must be ASCII text … must not include line breaks or control characters, and must be less than 100 characters."
    if (subject !== undefined && (!/^[\x20-\x7e]+$/.test(subject) || subject.length > subjectMax))
      throw snsErrors.invalid('Subject');
    const id = service.ctx.kernel.uuid('sns-message');
    service.distribute({
      id,
      topic,
      subject,
      textFor: textFor(message, input.MessageStructure),
      attributes: structuredClone(attributes),
      atMs: service.ctx.kernel.now(),
    });
    return { MessageId: id };
  },
};

const topicOf = ({ TopicArn, TargetArn }: PublishInput): string | undefined => TopicArn ?? TargetArn;

/** With the structure `json` a message has a text for each protocol, and a default. @throws AwsError */
const textFor = (message: string, structure: string | undefined): Notification['textFor'] => {
  if (structure === undefined) return () => message;
  if (structure !== 'json') throw snsErrors.invalid('MessageStructure');
  let texts: Readonly<Record<string, unknown>>;
  try {
    texts = JSON.parse(message) as Readonly<Record<string, unknown>>;
  } catch {
    throw snsErrors.invalid('Message Structure - JSON message body failed to parse');
  }
  const { default: fallback } = texts;
  if (typeof fallback !== 'string')
    throw snsErrors.invalid('Message Structure - No default entry in JSON message body');
  return (protocol) => (typeof texts[protocol] === 'string' ? texts[protocol] : fallback);
};
