import type { ChangeMessageVisibilityBatchRequest, ChangeMessageVisibilityBatchResult } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { runBatch } from '../batch.ts';
import type { SqsService } from '../sqs-service.ts';
import { checkVisibility } from './change-message-visibility.ts';
import { onQueue } from './on-queue.ts';

export const changeMessageVisibilityBatch: ActionDefinition<
  SqsService,
  ChangeMessageVisibilityBatchRequest,
  ChangeMessageVisibilityBatchResult
> = {
  ...onQueue('ChangeMessageVisibility'),
  run: (service, input) => {
    const queue = service.queueOf(input.QueueUrl);
    return runBatch('ChangeMessageVisibilityBatchRequestEntry', input.Entries, (entry) => {
      queue.changeVisibility(entry.ReceiptHandle ?? '', checkVisibility(entry.VisibilityTimeout));
      return {};
    }) as ChangeMessageVisibilityBatchResult;
  },
};
