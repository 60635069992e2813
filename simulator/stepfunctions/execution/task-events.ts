import type { TaskResource } from '../integrations/resources.ts';
import type { StateFailure } from './failure.ts';
import type { Chain } from './history.ts';

interface Schedule {
  readonly parameters: string;
  readonly region: string;
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
  readonly roleArn: string | undefined;
}

/** The events of one attempt of a task. */
export interface TaskEvents {
  readonly scheduled: (schedule: Schedule) => void;
  readonly started: () => void;
  readonly submitted: (output: string) => void;
  readonly submitFailed: (failure: StateFailure) => void;
  readonly succeeded: (output: string) => void;
  readonly failed: (failure: StateFailure) => void;
  readonly timedOut: (failure: StateFailure) => void;
}

const notTruncated = { truncated: false };

const errorOf = (failure: StateFailure): { error?: string; cause?: string } => ({
  ...(failure.error === undefined ? {} : { error: failure.error }),
  ...(failure.reason === undefined ? {} : { cause: failure.reason }),
});

export const taskEvents = (chain: Chain, resource: TaskResource): TaskEvents =>
  resource.kind === 'lambda-function'
    ? functionEvents(chain, resource.functionArn)
    : serviceEvents(chain, { resource: resource.resource, resourceType: resource.resourceType });

/** A task whose resource is a function's ARN has events of its own kind. */
const functionEvents = (chain: Chain, functionArn: string): TaskEvents => ({
  scheduled: ({ parameters, timeoutSeconds, roleArn }) =>
    chain.append('LambdaFunctionScheduled', {
      lambdaFunctionScheduledEventDetails: {
        input: parameters,
        inputDetails: notTruncated,
        resource: functionArn,
        ...(timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds }),
        ...(roleArn === undefined ? {} : { taskCredentials: { roleArn } }),
      },
    }),
  started: () => chain.append('LambdaFunctionStarted'),
  submitted: () => {},
  submitFailed: () => {},
  succeeded: (output) =>
    chain.append('LambdaFunctionSucceeded', {
      lambdaFunctionSucceededEventDetails: { output, outputDetails: notTruncated },
    }),
  failed: (failure) => chain.append('LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: errorOf(failure) }),
  timedOut: (failure) =>
    chain.append('LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: errorOf(failure) }),
});

const serviceEvents = (
  chain: Chain,
  names: { readonly resource: string; readonly resourceType: string },
): TaskEvents => ({
  scheduled: ({ parameters, region, timeoutSeconds, heartbeatSeconds, roleArn }) =>
    chain.append('TaskScheduled', {
      taskScheduledEventDetails: {
        ...names,
        parameters,
        region,
        ...(timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds }),
        ...(heartbeatSeconds === undefined ? {} : { heartbeatInSeconds: heartbeatSeconds }),
        ...(roleArn === undefined ? {} : { taskCredentials: { roleArn } }),
      },
    }),
  started: () => chain.append('TaskStarted', { taskStartedEventDetails: names }),
  submitted: (output) =>
    chain.append('TaskSubmitted', { taskSubmittedEventDetails: { ...names, output, outputDetails: notTruncated } }),
  submitFailed: (failure) =>
    chain.append('TaskSubmitFailed', { taskSubmitFailedEventDetails: { ...names, ...errorOf(failure) } }),
  succeeded: (output) =>
    chain.append('TaskSucceeded', { taskSucceededEventDetails: { ...names, output, outputDetails: notTruncated } }),
  failed: (failure) => chain.append('TaskFailed', { taskFailedEventDetails: { ...names, ...errorOf(failure) } }),
  timedOut: (failure) => chain.append('TaskTimedOut', { taskTimedOutEventDetails: { ...names, ...errorOf(failure) } }),
});
