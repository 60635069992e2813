import type { ListQueuesRequest, ListQueuesResult } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { sqsErrors } from '../errors.ts';
import { page } from '../page.ts';
import type { SqsService } from '../sqs-service.ts';

export const listQueues: ActionDefinition<SqsService, ListQueuesRequest, ListQueuesResult> = {
  run: (service, input) => {
    const max = input.MaxResults;
    if (max !== undefined && (max < 1 || max > 1000))
      throw sqsErrors.invalidParameter('MaxResults must be an integer between 1 and 1000.');
    const names = [...service.queues.keys()].filter((name) => name.startsWith(input.QueueNamePrefix ?? '')).sort();
    const { items, nextToken } = page(names, max, input.NextToken);
    return {
      ...(items.length > 0 ? { QueueUrls: items.map((name) => service.urlOf(name)) } : {}),
      ...(nextToken ? { NextToken: nextToken } : {}),
    };
  },
};
