import type { CancelMessageMoveTaskRequest, CancelMessageMoveTaskResult } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { sqsErrors } from '../errors.ts';
import { sourceOfHandle } from '../move-task.ts';
import type { SqsService } from '../sqs-service.ts';

export const cancelMessageMoveTask: ActionDefinition<
  SqsService,
  CancelMessageMoveTaskRequest,
  CancelMessageMoveTaskResult
> = {
  permissions: (_service, input) => [
    { action: 'sqs:CancelMessageMoveTask', resource: sourceOfHandle(input.TaskHandle ?? '') ?? '*' },
  ],
  run: (service, input) => {
    const handle = input.TaskHandle;
    if (!handle) throw sqsErrors.missingParameter('TaskHandle');
    const sourceArn = sourceOfHandle(handle);
    if (sourceArn === undefined) throw sqsErrors.invalidParameter('Value for parameter TaskHandle is invalid.');
    service.queueOfArn(sourceArn, 'SourceArn');
    const task = service.moveTasks.get(handle);
    if (!task) throw sqsErrors.resourceNotFound('Task does not exist.');
    if (task.status !== 'RUNNING') throw sqsErrors.resourceNotFound('Only active tasks can be cancelled.');
    return { ApproximateNumberOfMessagesMoved: task.cancel() };
  },
};
