import type { TagQueueRequest } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

export const tagQueue: ActionDefinition<SqsService, TagQueueRequest, void> = {
  ...onQueue('TagQueue'),
  run: (service, input) => {
    const { tags } = service.queueOf(input.QueueUrl);
    for (const [key, value] of Object.entries(input.Tags ?? {})) tags.set(key, value);
  },
};
