import type { DescribeExecutionOutput, HistoryEvent } from '@aws-sdk/client-sfn';
import { AwsError } from '../../simulator/cloud/aws-error.ts';
import { Dispatcher } from '../../simulator/cloud/dispatcher.ts';
import { defaultFidelity } from '../../simulator/cloud/fidelity.ts';
import type { Caller, ServiceContext } from '../../simulator/cloud/service.ts';
import { VirtualKernel } from '../../simulator/kernel/virtual-kernel.ts';
import { StepFunctionsService } from '../../simulator/stepfunctions/stepfunctions-service.ts';
import { align } from './history-alignment.ts';
import type { ExecutionCase } from './recorded-cases.ts';
import { type Comparison, differences, tell } from './recorded-value.ts';
import { refusedDefinition } from './refusals.ts';
import { TaskStandIns } from './task-stand-ins.ts';
import { type Finding, type Level, verdictOf } from './verdict.ts';

/** The account whose functions the recorded definitions name. */
const accountId = '111111111111';
const region = 'us-east-1';
const operator: Caller = { kind: 'operator', arn: `arn:aws:iam::${accountId}:root` };

/** No recorded execution takes longer. */
const longestMs = 10 * 86_400_000;

const levels: readonly Level[] = ['result', 'cause', 'types', 'history'];

/** Whole executions, each in a world of its own in which everything that tasks call is stood in for. */
export const runExecutions = async (suite: string, cases: readonly ExecutionCase[]): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  for (const recorded of cases) {
    const refused = refusedDefinition(recorded.definition);
    let ended: Ended | string;
    try {
      ended = await execute(recorded);
    } catch (error) {
      ended = error instanceof AwsError ? `${error.code}: ${error.message}` : String((error as Error).stack);
      if (refused !== undefined && error instanceof AwsError && error.code === 'NotModelledException') {
        for (const level of levels)
          findings.push({ suite, level, name: recorded.name, verdict: { kind: 'refused', what: refused } });
        continue;
      }
    }
    const found = typeof ended === 'string' ? undefined : compare(recorded, ended);
    for (const level of levels) {
      const verdict = verdictOf(found ? found[level] : [`the execution could not be run: ${ended}`]);
      findings.push({ suite, level, name: recorded.name, verdict });
    }
  }
  return findings;
};

const comparisonOf = ({ placeholders, mocks }: ExecutionCase): Comparison => ({
  placeholders,
  accountId,
  region,
  // What a function answers is its whole body; what other services answer came over the wire in another form.
  lengthsLost: mocks.some(({ kind, resourceType }) => kind === 'TaskScheduled' && resourceType !== 'lambda'),
});

interface Ended {
  readonly description: DescribeExecutionOutput;
  readonly history: readonly HistoryEvent[];
}

const execute = async (recorded: ExecutionCase): Promise<Ended> => {
  const kernel = new VirtualKernel({ seed: 1 });
  const dispatcher = new Dispatcher(kernel, () => {});
  const call = <Answer>(action: string, input: unknown): Promise<Answer> =>
    dispatcher.call({ service: 'states', action, input, caller: operator }) as Promise<Answer>;
  const standIns = new TaskStandIns(recorded, comparisonOf(recorded), kernel, call);
  const context: ServiceContext = {
    kernel,
    accountId,
    region,
    fidelity: defaultFidelity,
    call: (made) => standIns.answer(made),
    emit: () => {},
    metric: () => {},
    log: () => {},
  };
  const service = new StepFunctionsService(context);
  dispatcher.register(service);
  const { stateMachineArn } = await call<{ stateMachineArn: string }>('CreateStateMachine', {
    name: 'recorded',
    roleArn: `arn:aws:iam::${accountId}:role/recorded`,
    definition: recorded.definition,
  });
  const { executionArn } = await call<{ executionArn: string }>('StartExecution', {
    stateMachineArn,
    input: recorded.input,
  });
  await kernel.run({
    untilMs: kernel.now() + Math.max(longestMs, recorded.waitSeconds * 1000),
    done: () => service.execution(executionArn).status !== 'RUNNING',
  });
  return {
    description: await call<DescribeExecutionOutput>('DescribeExecution', { executionArn }),
    history: service.execution(executionArn).history.events,
  };
};

/** The differences at each level; a level includes those before it. */
const compare = (recorded: ExecutionCase, { description, history }: Ended): Readonly<Record<Level, string[]>> => {
  const comparison = comparisonOf(recorded);
  const { expected } = recorded;
  const told = (path: string, wanted: unknown, actual: unknown): string[] =>
    wanted === undefined && actual === undefined ? [] : differences(wanted, actual, comparison, path).map(tell);
  // Where a description does not say how an execution ended, a recording may have it from the last event.
  const end = detailsOf(history.at(-1));
  const result = [
    ...(expected.status === description.status
      ? []
      : [
          `/status: recorded ${expected.status}, got ${description.status} ${description.error ?? ''} ${description.cause ?? ''}`,
        ]),
    ...(expected.status === 'SUCCEEDED'
      ? told('/output', expected.output, description.output)
      : told('/error', expected.error, description.error ?? (expected.error === undefined ? undefined : end.error))),
  ];
  const cause = [
    ...result,
    ...told('/cause', expected.cause, description.cause ?? (expected.cause === undefined ? undefined : end.cause)),
  ];
  const aligned = align(recorded, history, comparison);
  return { result, cause, types: aligned.types, history: aligned.events };
};

/** What an event tells besides its place: the one member of its type. */
const detailsOf = (event: HistoryEvent | undefined): { readonly error?: string; readonly cause?: string } =>
  Object.entries(event ?? {}).find(([name]) => name.endsWith('EventDetails'))?.[1] ?? {};
