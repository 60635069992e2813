import type { ChangeMessageVisibilityRequest } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { sqsErrors } from '../errors.ts';
import { visibilityMaxSeconds } from '../queue.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

export const changeMessageVisibility: ActionDefinition<SqsService, ChangeMessageVisibilityRequest, void> = {
  ...onQueue('ChangeMessageVisibility'),
  run: (service, input) => {
    const queue = service.queueOf(input.QueueUrl);
    if (!input.ReceiptHandle) throw sqsErrors.missingParameter('ReceiptHandle');
    queue.changeVisibility(input.ReceiptHandle, checkVisibility(input.VisibilityTimeout));
  },
};

/** @throws AwsError for a timeout that no message may have */
export const checkVisibility = (seconds: number | undefined): number => {
  if (seconds === undefined) throw sqsErrors.missingParameter('VisibilityTimeout');
  if (seconds < 0 || seconds > visibilityMaxSeconds)
    throw sqsErrors.invalidValue(
      seconds,
      'VisibilityTimeout',
      'VisibilityTimeout must be an integer between 0 and 43200',
    );
  return seconds;
};
