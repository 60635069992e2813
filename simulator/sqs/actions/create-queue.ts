import type { CreateQueueRequest, CreateQueueResult } from '@aws-sdk/client-sqs';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { sqsErrors } from '../errors.ts';
import { checkAttributes, setAttributes, setDefaults } from '../queue-attributes.ts';
import type { SqsService } from '../sqs-service.ts';

/** How long the name of a deleted queue is not free, in AWS's time. */
const nameReuseMs = 60_000;

export const createQueue: ActionDefinition<SqsService, CreateQueueRequest, CreateQueueResult> = {
  partly: 'FIFO queues',
  permissions: (service, input) => [{ action: 'sqs:CreateQueue', resource: service.arnOf(input.QueueName ?? '') }],
  run: (service, input) => {
    const name = input.QueueName;
    if (!name) throw sqsErrors.missingParameter('QueueName');
    if (name.endsWith('.fifo')) throw notModelled('FIFO queues');
    if (!/^[\w-]{1,80}$/.test(name))
      throw sqsErrors.invalidParameter(
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    const attributes = (input.Attributes ?? {}) as Record<string, string>;
    checkAttributes(attributes, service.queues);
    const existing = service.queues.get(name);
    if (existing) {
      // Creating the same queue again answers with it; only attributes that the request names are compared.
      const different = Object.keys(attributes).find((key) => existing.attributes.get(key) !== attributes[key]);
      if (different) throw sqsErrors.nameExists(different);
      return { QueueUrl: service.urlOf(name) };
    }
    const { kernel } = service.ctx;
    const deletedMs = service.deletedMs.get(name);
    if (deletedMs !== undefined && kernel.now() - deletedMs < kernel.paced(nameReuseMs))
      throw sqsErrors.deletedRecently();
    const queue = service.create(name);
    setDefaults(queue);
    setAttributes(queue, attributes, kernel.now());
    for (const [key, value] of Object.entries(input.tags ?? {})) queue.tags.set(key, value);
    return { QueueUrl: service.urlOf(name) };
  },
};
