import type { ListQueueTagsRequest, ListQueueTagsResult } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

export const listQueueTags: ActionDefinition<SqsService, ListQueueTagsRequest, ListQueueTagsResult> = {
  ...onQueue('ListQueueTags'),
  run: (service, input) => {
    const { tags } = service.queueOf(input.QueueUrl);
    return tags.size > 0 ? { Tags: Object.fromEntries(tags) } : {};
  },
};
