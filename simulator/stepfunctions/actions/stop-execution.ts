import type { StopExecutionInput, StopExecutionOutput } from '@aws-sdk/client-sfn';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

/** Stopping an ended execution changes nothing and answers when it ended. */
export const stopExecution: ActionDefinition<StepFunctionsService, StopExecutionInput, StopExecutionOutput> = {
  permissions: (_service, input) => [{ action: 'states:StopExecution', resource: input.executionArn ?? '*' }],
  run: (service, input) => {
    const execution = service.execution(input.executionArn);
    service.stop(execution, input.error, input.cause);
    return { stopDate: new Date(execution.stopMs as number) };
  },
};
