import type { DescribeStackEventsInput, DescribeStackEventsOutput } from '@aws-sdk/client-cloudformation';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudFormationService } from '../cloudformation-service.ts';
import { onStack } from '../stack-requests.ts';
import { validationError } from '../validation-error.ts';

/** One page of a description holds so many events. */
const pageSize = 100;

/** Newest first. */
export const describeStackEvents: ActionDefinition<
  CloudFormationService,
  DescribeStackEventsInput,
  DescribeStackEventsOutput
> = {
  permissions: onStack('DescribeStackEvents'),
  run: (service, input) => {
    const stack = service.find(input.StackName ?? '');
    if (!stack) throw validationError(`Stack [${input.StackName}] does not exist`);
    // The token counts from the oldest event, so that new events do not shift the pages.
    const end = input.NextToken ? Number(input.NextToken) : stack.events.length;
    if (!Number.isInteger(end)) throw validationError('Invalid NextToken.');
    const start = Math.max(0, end - pageSize);
    return {
      StackEvents: stack.events
        .slice(start, end)
        .reverse()
        .map((event) => ({
          StackId: stack.id,
          EventId: event.id,
          StackName: stack.name,
          LogicalResourceId: event.logicalId,
          PhysicalResourceId: event.physicalId,
          ResourceType: event.type,
          Timestamp: new Date(event.atMs),
          ResourceStatus: event.status as never,
          ...(event.reason === undefined ? {} : { ResourceStatusReason: event.reason }),
          ...(event.properties === undefined ? {} : { ResourceProperties: event.properties }),
          ...(event.token === undefined ? {} : { ClientRequestToken: event.token }),
        })),
      ...(start > 0 ? { NextToken: String(start) } : {}),
    };
  },
};
