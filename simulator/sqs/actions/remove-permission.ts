import type { RemovePermissionRequest } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { sqsErrors } from '../errors.ts';
import { readPolicy, writePolicy } from '../queue-policy.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

export const removePermission: ActionDefinition<SqsService, RemovePermissionRequest, void> = {
  ...onQueue('RemovePermission'),
  run: (service, input) => {
    const queue = service.queueOf(input.QueueUrl);
    if (!input.Label) throw sqsErrors.missingParameter('Label');
    const policy = readPolicy(queue);
    const left = policy.Statement.filter(({ Sid }) => Sid !== input.Label);
    if (left.length === policy.Statement.length)
      throw sqsErrors.invalidValue(input.Label, 'Label', "can't find label.");
    writePolicy(queue, { ...policy, Statement: left }, service.ctx.kernel.now());
  },
};
