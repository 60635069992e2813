import type { SendTaskFailureInput, SendTaskFailureOutput } from '@aws-sdk/client-sfn';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

/** Neither the error nor the cause is required; the history then lacks them. */
export const sendTaskFailure: ActionDefinition<StepFunctionsService, SendTaskFailureInput, SendTaskFailureOutput> = {
  permissions: (service, input) => service.tokens.permissions('states:SendTaskFailure', input.taskToken),
  run: (service, input) => {
    service.tokens.find(input.taskToken).settle({ kind: 'failure', error: input.error, cause: input.cause });
    return {};
  },
};
