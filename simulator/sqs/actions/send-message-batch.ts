import type { SendMessageBatchRequest, SendMessageBatchResult } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { runBatch } from '../batch.ts';
import { sqsErrors } from '../errors.ts';
import { sizeOf } from '../message.ts';
import { sendTo } from '../sending.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

/** All messages of a batch together: 1 MiB. */
const batchBytesMax = 1_048_576;

export const sendMessageBatch: ActionDefinition<SqsService, SendMessageBatchRequest, SendMessageBatchResult> = {
  ...onQueue('SendMessage'),
  run: (service, input, call) => {
    const queue = service.queueOf(input.QueueUrl);
    const bytes = (input.Entries ?? []).reduce(
      (sum, entry) => sum + sizeOf(entry.MessageBody ?? '', entry.MessageAttributes ?? {}),
      0,
    );
    if (bytes > batchBytesMax)
      throw sqsErrors.batch(
        'BatchRequestTooLong',
        `Batch requests cannot be longer than ${batchBytesMax} bytes. You have sent ${bytes} bytes.`,
      );
    return runBatch('SendMessageBatchRequestEntry', input.Entries, (entry) =>
      sendTo(service, queue, entry, call.caller),
    ) as SendMessageBatchResult;
  },
};
