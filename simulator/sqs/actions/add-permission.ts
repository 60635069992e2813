import type { AddPermissionRequest } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { sqsErrors } from '../errors.ts';
import { oneOrMany, readPolicy, writePolicy } from '../queue-policy.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

/** The actions that a queue's owner may share this way (AWSSimpleQueueService API_AddPermission). */
const shareable = new Set([
  '*',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
]);

const actionsMax = 7;

export const addPermission: ActionDefinition<SqsService, AddPermissionRequest, void> = {
  ...onQueue('AddPermission'),
  run: (service, input) => {
    const queue = service.queueOf(input.QueueUrl);
    const { Label: label, AWSAccountIds: accounts = [], Actions: actions = [] } = input;
    if (!label) throw sqsErrors.missingParameter('Label');
    if (!/^[\w-]{1,80}$/.test(label))
      throw sqsErrors.invalidValue(
        label,
        'Label',
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.',
      );
    if (accounts.length === 0) throw sqsErrors.missingParameter('AWSAccountIds');
    const stranger = accounts.find((account) => !/^\d{12}$/.test(account));
    if (stranger !== undefined)
      throw sqsErrors.invalidValue(JSON.stringify(accounts).replaceAll('"', ''), 'PrincipalId', 'Unable to verify.');
    if (actions.length === 0) throw sqsErrors.missingParameter('Actions');
    if (actions.length > actionsMax) throw sqsErrors.tooManyActions(actions.length, actionsMax);
    const unknown = actions.find((action) => !shareable.has(action));
    if (unknown !== undefined)
      throw sqsErrors.invalidValue(
        `SQS:${unknown}`,
        'ActionName',
        'Only the queue owner is allowed to invoke this action.',
      );
    const policy = readPolicy(queue);
    if (policy.Statement.some(({ Sid }) => Sid === label))
      throw sqsErrors.invalidValue(label, 'Label', 'Already exists.');
    const statement = {
      Sid: label,
      Effect: 'Allow',
      // The order means nothing; AWS was seen to list the accounts last first.
      Principal: { AWS: oneOrMany(accounts.map((account) => `arn:aws:iam::${account}:root`).reverse()) },
      Action: oneOrMany(actions.map((action) => `SQS:${action}`)),
      Resource: queue.arn,
    };
    writePolicy(queue, { ...policy, Statement: [...policy.Statement, statement] }, service.ctx.kernel.now());
  },
};
