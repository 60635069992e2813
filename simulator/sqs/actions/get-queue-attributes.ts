import type { GetQueueAttributesRequest, GetQueueAttributesResult } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { readQueueAttributes } from '../queue-attributes.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

export const getQueueAttributes: ActionDefinition<SqsService, GetQueueAttributesRequest, GetQueueAttributesResult> = {
  ...onQueue('GetQueueAttributes'),
  run: (service, input) => {
    const queue = service.queueOf(input.QueueUrl);
    const attributes = readQueueAttributes(queue, input.AttributeNames ?? [], service.countsOf(queue));
    return attributes ? { Attributes: attributes } : {};
  },
};
