import type { UntagQueueRequest } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

export const untagQueue: ActionDefinition<SqsService, UntagQueueRequest, void> = {
  ...onQueue('UntagQueue'),
  run: (service, input) => {
    const { tags } = service.queueOf(input.QueueUrl);
    for (const key of input.TagKeys ?? []) tags.delete(key);
  },
};
