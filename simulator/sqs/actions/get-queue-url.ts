import type { GetQueueUrlRequest, GetQueueUrlResult } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { sqsErrors } from '../errors.ts';
import type { SqsService } from '../sqs-service.ts';

export const getQueueUrl: ActionDefinition<SqsService, GetQueueUrlRequest, GetQueueUrlResult> = {
  permissions: (service, input) => [{ action: 'sqs:GetQueueUrl', resource: service.arnOf(input.QueueName ?? '') }],
  resourcePolicy: (service, input) => service.policyOf(input.QueueName),
  run: (service, input) => {
    if (!input.QueueName) throw sqsErrors.missingParameter('QueueName');
    const account = input.QueueOwnerAWSAccountId;
    if (account !== undefined && account !== service.ctx.accountId) throw sqsErrors.queueDoesNotExist();
    if (!service.queues.has(input.QueueName)) throw sqsErrors.queueDoesNotExist();
    return { QueueUrl: service.urlOf(input.QueueName) };
  },
};
