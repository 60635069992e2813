import type { ListDeadLetterSourceQueuesRequest, ListDeadLetterSourceQueuesResult } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { page } from '../page.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

export const listDeadLetterSourceQueues: ActionDefinition<
  SqsService,
  ListDeadLetterSourceQueuesRequest,
  ListDeadLetterSourceQueuesResult
> = {
  ...onQueue('ListDeadLetterSourceQueues'),
  run: (service, input) => {
    const target = service.queueOf(input.QueueUrl);
    const names = service
      .sourcesOf(target)
      .map(({ name }) => name)
      .sort();
    const { items, nextToken } = page(names, input.MaxResults, input.NextToken);
    return { queueUrls: items.map((name) => service.urlOf(name)), ...(nextToken ? { NextToken: nextToken } : {}) };
  },
};
