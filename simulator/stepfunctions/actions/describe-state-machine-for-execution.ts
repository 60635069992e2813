import type {
  DescribeStateMachineForExecutionInput,
  DescribeStateMachineForExecutionOutput,
} from '@aws-sdk/client-sfn';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

/** The machine as it was when the execution started. */
export const describeStateMachineForExecution: ActionDefinition<
  StepFunctionsService,
  DescribeStateMachineForExecutionInput,
  DescribeStateMachineForExecutionOutput
> = {
  refuses: ['includedData'],
  permissions: (_service, input) => [
    { action: 'states:DescribeStateMachineForExecution', resource: input.executionArn ?? '*' },
  ],
  run: (service, input) => {
    const { machine } = service.execution(input.executionArn);
    return {
      stateMachineArn: machine.arn,
      name: machine.name,
      definition: machine.definitionText,
      roleArn: machine.roleArn,
      updateDate: new Date(machine.updatedMs),
      ...(machine.revisionId === undefined ? {} : { revisionId: machine.revisionId }),
    };
  },
};
