import type { ListStacksInput, ListStacksOutput } from '@aws-sdk/client-cloudformation';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudFormationService } from '../cloudformation-service.ts';

export const listStacks: ActionDefinition<CloudFormationService, ListStacksInput, ListStacksOutput> = {
  run: (service, input) => ({
    StackSummaries: service.stacks
      .filter((stack) => !input.StackStatusFilter?.length || input.StackStatusFilter.includes(stack.status))
      .map((stack) => ({
        StackId: stack.id,
        StackName: stack.name,
        ...(stack.template.description === undefined ? {} : { TemplateDescription: stack.template.description }),
        CreationTime: new Date(stack.createdMs),
        ...(stack.updatedMs === undefined ? {} : { LastUpdatedTime: new Date(stack.updatedMs) }),
        ...(stack.deletedMs === undefined ? {} : { DeletionTime: new Date(stack.deletedMs) }),
        StackStatus: stack.status,
        ...(stack.statusReason === undefined ? {} : { StackStatusReason: stack.statusReason }),
        DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
      })),
  }),
};
