import type { PurgeQueueRequest } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { sqsErrors } from '../errors.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

/** A queue can be purged once in this time, in AWS's time. */
const purgeEveryMs = 60_000;

export const purgeQueue: ActionDefinition<SqsService, PurgeQueueRequest, void> = {
  ...onQueue('PurgeQueue'),
  run: (service, input) => {
    const { kernel } = service.ctx;
    const queue = service.queueOf(input.QueueUrl);
    if (kernel.now() - queue.lastPurgeMs < kernel.paced(purgeEveryMs)) throw sqsErrors.purgeInProgress(queue.name);
    queue.lastPurgeMs = kernel.now();
    queue.purge();
  },
};
