import type { SetQueueAttributesRequest } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { sqsErrors } from '../errors.ts';
import { checkAttributes, setAttributes } from '../queue-attributes.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

export const setQueueAttributes: ActionDefinition<SqsService, SetQueueAttributesRequest, void> = {
  partly: 'FIFO queues',
  ...onQueue('SetQueueAttributes'),
  run: (service, input) => {
    const queue = service.queueOf(input.QueueUrl);
    if (!input.Attributes) throw sqsErrors.missingParameter('Attributes');
    const attributes = input.Attributes as Record<string, string>;
    // A queue's kind is fixed at its creation: `FifoQueue` can be set on no existing queue.
    if ('FifoQueue' in attributes) throw sqsErrors.unknownAttribute('FifoQueue');
    checkAttributes(attributes, service.queues);
    setAttributes(queue, attributes, service.ctx.kernel.now());
  },
};
