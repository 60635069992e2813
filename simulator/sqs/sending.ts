import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { Caller } from '../cloud/service.ts';
import { sqsErrors } from './errors.ts';
import { checkBody, md5, md5OfAttributes, readAttributes, sizeOf } from './message.ts';
import type { Queue } from './queue.ts';
import type { SqsService } from './sqs-service.ts';

interface SendInput {
  readonly MessageBody?: string | undefined;
  readonly DelaySeconds?: number | undefined;
  readonly MessageAttributes?: Record<string, MessageAttributeValue> | undefined;
  readonly MessageSystemAttributes?: Record<string, MessageAttributeValue> | undefined;
  readonly MessageGroupId?: string | undefined;
  readonly MessageDeduplicationId?: string | undefined;
}

interface SendAnswer {
  readonly MessageId: string;
  readonly MD5OfMessageBody: string;
  readonly MD5OfMessageAttributes?: string;
  readonly MD5OfMessageSystemAttributes?: string;
}

/** Checks a message and puts it on a queue. @throws AwsError */
export const sendTo = (service: SqsService, queue: Queue, input: SendInput, caller: Caller): SendAnswer => {
  const body = input.MessageBody;
  if (!body) throw sqsErrors.missingParameter('MessageBody');
  checkBody(body);
  const attributes = readAttributes(input.MessageAttributes);
  const traceAttributes = readAttributes(input.MessageSystemAttributes);
  for (const name of Object.keys(traceAttributes))
    if (name !== 'AWSTraceHeader')
      throw sqsErrors.invalidParameter(
        `Message system attribute name '${name}' is invalid. Allowed system attribute names are: [AWSTraceHeader].`,
      );
  const delaySeconds = input.DelaySeconds ?? queue.seconds('DelaySeconds');
  if (delaySeconds < 0 || delaySeconds > 900)
    throw sqsErrors.invalidValue(delaySeconds, 'DelaySeconds', 'DelaySeconds must be >= 0 and <= 900.');
  if (input.MessageGroupId !== undefined && !/^[!-~]{1,128}$/.test(input.MessageGroupId))
    throw sqsErrors.invalidValue(
      input.MessageGroupId,
      'MessageGroupId',
      'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
    );
  if (input.MessageDeduplicationId !== undefined)
    throw sqsErrors.invalidValue(
      input.MessageDeduplicationId,
      'MessageDeduplicationId',
      'The request includes a parameter that is not valid for this queue type.',
    );
  const maxBytes = queue.seconds('MaximumMessageSize');
  if (sizeOf(body, attributes) > maxBytes)
    throw sqsErrors.invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${maxBytes} bytes.`,
    );
  const systemAttributes: Record<string, string> = {};
  const trace = traceAttributes.AWSTraceHeader?.StringValue;
  if (trace) systemAttributes.AWSTraceHeader = trace;
  if (input.MessageGroupId) systemAttributes.MessageGroupId = input.MessageGroupId;
  const message = {
    id: service.ctx.kernel.uuid('sqs.message-id'),
    body,
    md5OfBody: md5(body),
    attributes,
    systemAttributes,
    senderId: senderIdOf(caller),
  };
  queue.send(message, delaySeconds);
  const md5OfMessageAttributes = md5OfAttributes(attributes);
  const md5OfSystemAttributes = md5OfAttributes(traceAttributes);
  return {
    MessageId: message.id,
    MD5OfMessageBody: message.md5OfBody,
    ...(md5OfMessageAttributes ? { MD5OfMessageAttributes: md5OfMessageAttributes } : {}),
    ...(md5OfSystemAttributes ? { MD5OfMessageSystemAttributes: md5OfSystemAttributes } : {}),
  };
};

const senderIdOf = (caller: Caller): string => {
  if (caller.kind === 'service') return caller.principal;
  return caller.kind === 'role' ? `AROA:${caller.sessionName}` : (caller.arn.split(':')[4] as string);
};
