import type { ListExportsInput, ListExportsOutput } from '@aws-sdk/client-cloudformation';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudFormationService } from '../cloudformation-service.ts';

export const listExports: ActionDefinition<CloudFormationService, ListExportsInput, ListExportsOutput> = {
  run: (service) => ({
    Exports: service.exports().map(({ name, value, stack }) => ({
      ExportingStackId: stack.id,
      Name: name,
      Value: value,
    })),
  }),
};
