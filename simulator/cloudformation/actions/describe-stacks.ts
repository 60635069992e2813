import type { DescribeStacksInput, DescribeStacksOutput } from '@aws-sdk/client-cloudformation';
import type { ActionDefinition } from '../../cloud/service.ts';
import { stackAnswer } from '../answers.ts';
import type { CloudFormationService } from '../cloudformation-service.ts';
import { onStack } from '../stack-requests.ts';

export const describeStacks: ActionDefinition<CloudFormationService, DescribeStacksInput, DescribeStacksOutput> = {
  permissions: onStack('DescribeStacks'),
  run: (service, input) => ({
    Stacks: (input.StackName
      ? [service.stack(input.StackName)]
      : service.stacks.filter((stack) => stack.status !== 'DELETE_COMPLETE')
    ).map(stackAnswer),
  }),
};
