import type { StartMessageMoveTaskRequest, StartMessageMoveTaskResult } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { sqsErrors } from '../errors.ts';
import { MoveTask } from '../move-task.ts';
import type { SqsService } from '../sqs-service.ts';

const perSecondMax = 500;

export const startMessageMoveTask: ActionDefinition<
  SqsService,
  StartMessageMoveTaskRequest,
  StartMessageMoveTaskResult
> = {
  // Whoever moves messages must be allowed to take them here and to send them there (API_StartMessageMoveTask).
  permissions: (_service, { SourceArn: source = '*', DestinationArn: destination = '*' }) => [
    ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({
      action: `sqs:${action}`,
      resource: source,
    })),
    { action: 'sqs:SendMessage', resource: destination },
  ],
  run: (service, input) => {
    const source = service.queueOfArn(input.SourceArn, 'SourceArn');
    const { DestinationArn: destinationArn, MaxNumberOfMessagesPerSecond: messagesPerSecond } = input;
    if (service.sourcesOf(source).length === 0)
      throw sqsErrors.invalidParameter('Source queue must be configured as a Dead Letter Queue.');
    const destination = destinationArn === undefined ? undefined : service.queueOfArn(destinationArn, 'DestinationArn');
    if (destination === source)
      throw sqsErrors.invalidParameter('Source queue arn and destination queue arn cannot be the same.');
    if (messagesPerSecond !== undefined && (messagesPerSecond < 1 || messagesPerSecond > perSecondMax))
      throw sqsErrors.invalidValue(
        messagesPerSecond,
        'MaxNumberOfMessagesPerSecond',
        `Must be between 1 and ${perSecondMax}, if provided.`,
      );
    if ([...service.moveTasks.values()].some((task) => task.source === source && task.status === 'RUNNING'))
      throw sqsErrors.invalidParameter(
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    const task = new MoveTask({
      kernel: service.ctx.kernel,
      source,
      destinationArn,
      messagesPerSecond,
      targetOf: (arn) => destination ?? [...service.queues.values()].find((queue) => queue.arn === arn),
    });
    service.moveTasks.set(task.handle, task);
    return { TaskHandle: task.handle };
  },
};
