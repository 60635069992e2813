import type { ValidateStateMachineDefinitionInput, ValidateStateMachineDefinitionOutput } from '@aws-sdk/client-sfn';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { parseDefinition } from '../definition/parse-definition.ts';
import { stepFunctionsErrors } from '../errors.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

/** The parser stops at the first mistake, so there is at most one diagnostic. */
export const validateStateMachineDefinition: ActionDefinition<
  StepFunctionsService,
  ValidateStateMachineDefinitionInput,
  ValidateStateMachineDefinitionOutput
> = {
  partly: 'JSONPath, Map in distributed mode, activities, integrations that the table below does not list',
  run: (_service, input) => {
    if (!input.definition) throw stepFunctionsErrors.missing('definition');
    try {
      parseDefinition(input.definition);
      return { result: 'OK', diagnostics: [], truncated: false };
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'InvalidDefinition') throw error;
      const [, code = '', message = '', location] = /'([A-Z_]+): (.*?)(?: at (\/[^']*))?'$/s.exec(error.message) ?? [];
      return {
        result: 'FAIL',
        diagnostics: [{ severity: 'ERROR', code, message, ...(location === undefined ? {} : { location }) }],
        truncated: false,
      };
    }
  },
};
