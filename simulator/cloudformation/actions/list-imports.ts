import type { ListImportsInput, ListImportsOutput } from '@aws-sdk/client-cloudformation';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudFormationService } from '../cloudformation-service.ts';
import { validationError } from '../validation-error.ts';

export const listImports: ActionDefinition<CloudFormationService, ListImportsInput, ListImportsOutput> = {
  run: (service, input) => {
    const importers = service.importersOf(input.ExportName ?? '');
    if (importers.length === 0) throw validationError(`Export '${input.ExportName}' is not imported by any stack.`);
    return { Imports: importers.map((stack) => stack.name) };
  },
};
