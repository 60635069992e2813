import type { ListMessageMoveTasksRequest, ListMessageMoveTasksResult } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { sqsErrors } from '../errors.ts';
import type { SqsService } from '../sqs-service.ts';

const resultsMax = 10;

/** The newest task comes first. */
export const listMessageMoveTasks: ActionDefinition<
  SqsService,
  ListMessageMoveTasksRequest,
  ListMessageMoveTasksResult
> = {
  permissions: (_service, input) => [{ action: 'sqs:ListMessageMoveTasks', resource: input.SourceArn ?? '*' }],
  run: (service, input) => {
    const source = service.queueOfArn(input.SourceArn, 'SourceArn');
    const results = input.MaxResults ?? 1;
    if (results < 1 || results > resultsMax)
      throw sqsErrors.invalidValue(results, 'MaxResults', `Must be between 1 and ${resultsMax}, if provided.`);
    return {
      Results: [...service.moveTasks.values()]
        .filter((task) => task.source === source)
        .reverse()
        .slice(0, results)
        .map((task) => task.describe()),
    };
  },
};
