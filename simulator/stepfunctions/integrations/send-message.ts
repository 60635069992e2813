import type { Json } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { callService, type Integration, type TaskRun } from './integration.ts';
import { sdkMetadata } from './sdk-metadata.ts';
import { sqsErrors } from './service-errors.ts';

/** `arn:aws:states:::sqs:sendMessage`. A body that is not a string is sent as JSON. */
const request = async (run: TaskRun): Promise<Json> => {
  const args = isJsonObject(run.arguments) ? run.arguments : {};
  const body = args.MessageBody;
  const response = await callService<{ MessageId: string; MD5OfMessageBody: string; SequenceNumber?: string }>(
    run,
    'sqs',
    'SendMessage',
    { ...args, MessageBody: body === undefined || typeof body === 'string' ? body : JSON.stringify(body) },
    sqsErrors,
  );
  const answer: Json = {
    MD5OfMessageBody: response.MD5OfMessageBody,
    MessageId: response.MessageId,
    ...(response.SequenceNumber === undefined ? {} : { SequenceNumber: response.SequenceNumber }),
  };
  return { ...answer, ...sdkMetadata(run.machinery.ctx.kernel, JSON.stringify(answer), 'application/x-amz-json-1.0') };
};

export const sendMessage: Integration = { required: ['QueueUrl', 'MessageBody'], request };
