import type { DeleteStateMachineInput, DeleteStateMachineOutput } from '@aws-sdk/client-sfn';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

/**
 * Running executions end with their machine; a machine that does not exist is deleted already.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html
 */
export const deleteStateMachine: ActionDefinition<
  StepFunctionsService,
  DeleteStateMachineInput,
  DeleteStateMachineOutput
> = {
  permissions: (_service, input) => [{ action: 'states:DeleteStateMachine', resource: input.stateMachineArn ?? '*' }],
  run: (service, input) => {
    const arn = input.stateMachineArn ?? '';
    if (!service.machines.delete(arn)) return {};
    for (const execution of service.executions())
      if (execution.machine.arn === arn) service.stop(execution, undefined, undefined);
    return {};
  },
};
