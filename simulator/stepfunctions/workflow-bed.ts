import type { DescribeExecutionOutput, HistoryEvent, StartExecutionOutput } from '@aws-sdk/client-sfn';
import type { Fidelity } from '../cloud/fidelity.ts';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import type { ApiCall } from '../cloud/service.ts';
import { StepFunctionsService } from './stepfunctions-service.ts';

/** An execution that has ended, as the API tells it. */
export interface Finished {
  readonly description: DescribeExecutionOutput;
  readonly output: unknown;
  readonly history: readonly HistoryEvent[];
  /** `3<2 TaskScheduled`: id, predecessor and type of each event. */
  readonly events: readonly string[];
  readonly types: readonly string[];
}

/** Step Functions alone in virtual time, with the answers of all other services given by the test. */
export interface WorkflowBed extends LoneService<StepFunctionsService> {
  /** Calls that reached other services, in order. */
  readonly calls: readonly ApiCall[];
  /** Creates a machine of that name from a definition in JSONata; `definition` may leave the language out. */
  create(name: string, definition: object): Promise<string>;
  start(machineArn: string, input?: unknown, name?: string): Promise<string>;
  /** What has become of an execution. */
  look(executionArn: string): Promise<Finished>;
  /** Creates a machine, runs it for up to a year, and tells what became of it. */
  run(definition: object, input?: unknown): Promise<Finished>;
}

const yearMs = 365 * 86_400_000;

export const roleArn = 'arn:aws:iam::123456789012:role/workflow';

export const workflowBed = (
  options: {
    readonly answer?: (call: ApiCall) => unknown;
    readonly seed?: number;
    readonly fidelity?: Partial<Fidelity>;
  } = {},
): WorkflowBed => {
  const calls: ApiCall[] = [];
  const world = loneService(
    (ctx) =>
      new StepFunctionsService({
        ...ctx,
        call: async (call) => {
          if (call.service === 'states') return ctx.call(call);
          calls.push(call);
          return options.answer?.(call);
        },
      }),
    options,
  );
  let machines = 0;
  const bed: WorkflowBed = {
    ...world,
    calls,
    create: async (name, definition) => {
      const { stateMachineArn } = await world.call<{ stateMachineArn: string }>('CreateStateMachine', {
        name,
        roleArn,
        definition: JSON.stringify({ QueryLanguage: 'JSONata', ...definition }),
      });
      return stateMachineArn;
    },
    start: async (stateMachineArn, input = {}, name = undefined) => {
      const { executionArn } = await world.call<StartExecutionOutput>('StartExecution', {
        stateMachineArn,
        name,
        input: JSON.stringify(input),
      });
      return executionArn as string;
    },
    look: async (executionArn) => {
      const description = await world.call<DescribeExecutionOutput>('DescribeExecution', { executionArn });
      const { events: history = [] } = await world.call<{ events?: HistoryEvent[] }>('GetExecutionHistory', {
        executionArn,
        maxResults: 1000,
      });
      return {
        description,
        output: description.output === undefined ? undefined : JSON.parse(description.output),
        history,
        events: history.map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`),
        types: history.map(({ type }) => String(type)),
      };
    },
    run: async (definition, input) => {
      machines += 1;
      const executionArn = await bed.start(await bed.create(`machine-${machines}`, definition), input);
      await world.kernel.run({
        untilMs: world.kernel.now() + yearMs,
        done: () => world.service.execution(executionArn).status !== 'RUNNING',
      });
      return bed.look(executionArn);
    },
  };
  return bed;
};

/** A function's answer to `Invoke`. */
export const functionAnswer = (payload: unknown): object => ({
  StatusCode: 200,
  ExecutedVersion: '1',
  Payload: new TextEncoder().encode(JSON.stringify(payload)),
});

/** A function's answer to `Invoke` when it threw. */
export const functionError = (errorType: string, errorMessage: string): object => ({
  StatusCode: 200,
  ExecutedVersion: '1',
  FunctionError: 'Unhandled',
  Payload: new TextEncoder().encode(JSON.stringify({ errorType, errorMessage, trace: [] })),
});

/** A state that invokes a function, to which tests add fields. */
export const invoke = (fields: object = {}): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'work', Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...fields,
});
