import type { DeleteMessageRequest } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { sqsErrors } from '../errors.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

export const deleteMessage: ActionDefinition<SqsService, DeleteMessageRequest, void> = {
  ...onQueue('DeleteMessage'),
  run: (service, input) => {
    const queue = service.queueOf(input.QueueUrl);
    if (!input.ReceiptHandle) throw sqsErrors.missingParameter('ReceiptHandle');
    queue.delete(input.ReceiptHandle);
  },
};
