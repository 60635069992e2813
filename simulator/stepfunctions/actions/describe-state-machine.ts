import type { DescribeStateMachineInput, DescribeStateMachineOutput } from '@aws-sdk/client-sfn';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

export const describeStateMachine: ActionDefinition<
  StepFunctionsService,
  DescribeStateMachineInput,
  DescribeStateMachineOutput
> = {
  refuses: ['includedData'],
  permissions: (_service, input) => [{ action: 'states:DescribeStateMachine', resource: input.stateMachineArn ?? '*' }],
  run: (service, input) => {
    const machine = service.machine(input.stateMachineArn);
    return {
      stateMachineArn: machine.arn,
      name: machine.name,
      status: 'ACTIVE',
      definition: machine.definitionText,
      roleArn: machine.roleArn,
      type: 'STANDARD',
      creationDate: new Date(machine.createdMs),
      loggingConfiguration: structuredClone(machine.loggingConfiguration),
      tracingConfiguration: { ...machine.tracingConfiguration },
      ...(machine.revisionId === undefined ? {} : { revisionId: machine.revisionId }),
    };
  },
};
