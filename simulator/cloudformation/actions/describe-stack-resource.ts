import type { DescribeStackResourceInput, DescribeStackResourceOutput } from '@aws-sdk/client-cloudformation';
import type { ActionDefinition } from '../../cloud/service.ts';
import { resourceAnswer } from '../answers.ts';
import type { CloudFormationService } from '../cloudformation-service.ts';
import { onStack } from '../stack-requests.ts';
import { validationError } from '../validation-error.ts';

export const describeStackResource: ActionDefinition<
  CloudFormationService,
  DescribeStackResourceInput,
  DescribeStackResourceOutput
> = {
  permissions: onStack('DescribeStackResource'),
  run: (service, input) => {
    const found = service.find(input.StackName ?? '');
    if (!found) throw validationError(`Stack '${input.StackName}' does not exist`);
    const resource = found.resources.get(input.LogicalResourceId ?? '');
    if (!resource)
      throw validationError(`Resource ${input.LogicalResourceId} does not exist for stack ${input.StackName}`);
    return {
      StackResourceDetail: {
        StackName: found.name,
        StackId: found.id,
        ...resourceAnswer(resource),
        LastUpdatedTimestamp: new Date(resource.updatedMs),
        Metadata: JSON.stringify(resource.declaration.Metadata ?? {}),
        DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
      },
    };
  },
};
