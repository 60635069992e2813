import type { EmittedEvent } from '../../cloud/service.ts';
import type { Execution } from './execution.ts';

/** Longer inputs and outputs are left out of the event. */
const eventDataBytesMax = 248 * 1024;

const included = (text: string): boolean => Buffer.byteLength(JSON.stringify(text)) <= eventDataBytesMax;

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export const statusEvent = (execution: Execution): EmittedEvent => {
  const { arn, machine, name, status, startMs, stopMs, inputText, output, error, cause } = execution;
  const showsInput = included(inputText);
  const showsOutput = output !== undefined && included(output);
  return {
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    resources: [arn],
    detail: {
      executionArn: arn,
      stateMachineArn: machine.arn,
      name,
      status,
      startDate: startMs,
      stopDate: stopMs ?? null,
      input: showsInput ? inputText : null,
      inputDetails: { included: showsInput },
      output: showsOutput ? output : null,
      outputDetails: output === undefined ? null : { included: showsOutput },
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    },
    delivery: 'best-effort',
  };
};
