import type { DeleteQueueRequest } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

export const deleteQueue: ActionDefinition<SqsService, DeleteQueueRequest, void> = {
  ...onQueue('DeleteQueue'),
  run: (service, input) => service.delete(service.queueOf(input.QueueUrl)),
};
