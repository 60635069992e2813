import type { DescribeStackResourcesInput, DescribeStackResourcesOutput } from '@aws-sdk/client-cloudformation';
import type { ActionDefinition } from '../../cloud/service.ts';
import { resourceAnswer } from '../answers.ts';
import type { CloudFormationService } from '../cloudformation-service.ts';
import { onStack } from '../stack-requests.ts';
import { validationError } from '../validation-error.ts';

export const describeStackResources: ActionDefinition<
  CloudFormationService,
  DescribeStackResourcesInput,
  DescribeStackResourcesOutput
> = {
  permissions: onStack('DescribeStackResources'),
  run: (service, input) => {
    const byPhysicalId = (): ReturnType<typeof service.find> =>
      service.stacks.find((stack) =>
        [...stack.resources.values()].some((resource) => resource.physicalId === input.PhysicalResourceId),
      );
    const stack = input.StackName ? service.stack(input.StackName) : byPhysicalId();
    if (!stack) throw validationError(`Stack for ${input.PhysicalResourceId} does not exist`);
    return {
      StackResources: [...stack.resources.values()]
        .filter((resource) => !input.LogicalResourceId || resource.logicalId === input.LogicalResourceId)
        .map((resource) => ({
          StackName: stack.name,
          StackId: stack.id,
          ...resourceAnswer(resource),
          Timestamp: new Date(resource.updatedMs),
          DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
        })),
    };
  },
};
