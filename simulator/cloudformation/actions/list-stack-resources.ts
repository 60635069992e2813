import type { ListStackResourcesInput, ListStackResourcesOutput } from '@aws-sdk/client-cloudformation';
import type { ActionDefinition } from '../../cloud/service.ts';
import { resourceAnswer } from '../answers.ts';
import type { CloudFormationService } from '../cloudformation-service.ts';
import { onStack } from '../stack-requests.ts';

/** All in one page: a template holds at most 500 resources. */
export const listStackResources: ActionDefinition<
  CloudFormationService,
  ListStackResourcesInput,
  ListStackResourcesOutput
> = {
  permissions: onStack('ListStackResources'),
  run: (service, input) => ({
    StackResourceSummaries: [...service.stack(input.StackName ?? '').resources.values()].map((resource) => ({
      ...resourceAnswer(resource),
      LastUpdatedTimestamp: new Date(resource.updatedMs),
      DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
    })),
  }),
};
