import type { DeleteMessageBatchRequest, DeleteMessageBatchResult } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { runBatch } from '../batch.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

export const deleteMessageBatch: ActionDefinition<SqsService, DeleteMessageBatchRequest, DeleteMessageBatchResult> = {
  ...onQueue('DeleteMessage'),
  run: (service, input) => {
    const queue = service.queueOf(input.QueueUrl);
    return runBatch('DeleteMessageBatchRequestEntry', input.Entries, (entry) => {
      queue.delete(entry.ReceiptHandle ?? '');
      return {};
    }) as DeleteMessageBatchResult;
  },
};
