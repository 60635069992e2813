import type { DescribeExecutionInput, DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { Execution } from '../execution/execution.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

export const describeExecution: ActionDefinition<
  StepFunctionsService,
  DescribeExecutionInput,
  DescribeExecutionOutput
> = {
  refuses: ['includedData'],
  permissions: (_service, input) => [{ action: 'states:DescribeExecution', resource: input.executionArn ?? '*' }],
  run: (service, input) => {
    const execution = service.execution(input.executionArn);
    const { output, error, cause, traceHeader, stopMs } = execution;
    return {
      executionArn: execution.arn,
      stateMachineArn: execution.machine.arn,
      name: execution.name,
      status: execution.status,
      startDate: new Date(execution.startMs),
      ...(stopMs === undefined ? {} : { stopDate: new Date(stopMs) }),
      input: execution.inputText,
      inputDetails: { included: true },
      ...(output === undefined ? {} : { output, outputDetails: { included: true } }),
      ...(traceHeader === undefined ? {} : { traceHeader }),
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
      redriveCount: 0,
      ...redriveStatus(execution),
    };
  },
};

const redriveStatus = ({
  status,
}: Execution): Pick<DescribeExecutionOutput, 'redriveStatus' | 'redriveStatusReason'> =>
  status === 'RUNNING' || status === 'SUCCEEDED'
    ? { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: `Execution is ${status} and cannot be redriven` }
    : { redriveStatus: 'REDRIVABLE' };
