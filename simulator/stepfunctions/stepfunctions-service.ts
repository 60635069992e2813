import { roleSession } from '../cloud/role-session.ts';
import type { ServiceContext, SimulatedService } from '../cloud/service.ts';
import { createStateMachine } from './actions/create-state-machine.ts';
import { deleteStateMachine } from './actions/delete-state-machine.ts';
import { describeExecution } from './actions/describe-execution.ts';
import { describeStateMachine } from './actions/describe-state-machine.ts';
import { describeStateMachineForExecution } from './actions/describe-state-machine-for-execution.ts';
import { getExecutionHistory } from './actions/get-execution-history.ts';
import { listExecutions } from './actions/list-executions.ts';
import { listStateMachines } from './actions/list-state-machines.ts';
import { listTagsForResource } from './actions/list-tags-for-resource.ts';
import { sendTaskFailure } from './actions/send-task-failure.ts';
import { sendTaskHeartbeat } from './actions/send-task-heartbeat.ts';
import { sendTaskSuccess } from './actions/send-task-success.ts';
import { startExecution } from './actions/start-execution.ts';
import { stopExecution } from './actions/stop-execution.ts';
import { tagResource } from './actions/tag-resource.ts';
import { untagResource } from './actions/untag-resource.ts';
import { updateStateMachine } from './actions/update-state-machine.ts';
import { validateStateMachineDefinition } from './actions/validate-state-machine-definition.ts';
import { stepFunctionsErrors } from './errors.ts';
import type { Execution } from './execution/execution.ts';
import { executionLogger } from './execution/execution-log.ts';
import type { Machinery } from './execution/frame.ts';
import { History } from './execution/history.ts';
import { startRun, stopRun } from './execution/run-execution.ts';
import { Scope } from './execution/scope.ts';
import { statusEvent } from './execution/status-event.ts';
import { TaskTokens } from './execution/task-tokens.ts';
import type { Datum } from './json.ts';
import { dialectFunctions } from './jsonata/functions.ts';
import { type StateMachine, snapshotOf } from './state-machine.ts';

/** How long an ended execution is kept, and its name taken. */
export const retentionMs = 90 * 86_400_000;

/** Step Functions: Standard workflows in JSONata. Executions live in memory and end with it. */
export class StepFunctionsService implements SimulatedService {
  readonly name = 'states';
  readonly actions = {
    CreateStateMachine: createStateMachine,
    DeleteStateMachine: deleteStateMachine,
    DescribeExecution: describeExecution,
    DescribeStateMachine: describeStateMachine,
    DescribeStateMachineForExecution: describeStateMachineForExecution,
    GetExecutionHistory: getExecutionHistory,
    ListExecutions: listExecutions,
    ListStateMachines: listStateMachines,
    ListTagsForResource: listTagsForResource,
    SendTaskFailure: sendTaskFailure,
    SendTaskHeartbeat: sendTaskHeartbeat,
    SendTaskSuccess: sendTaskSuccess,
    StartExecution: startExecution,
    StopExecution: stopExecution,
    TagResource: tagResource,
    UntagResource: untagResource,
    UpdateStateMachine: updateStateMachine,
    ValidateStateMachineDefinition: validateStateMachineDefinition,
  };
  readonly ctx: ServiceContext;
  readonly tokens: TaskTokens;
  readonly machines = new Map<string, StateMachine>();
  readonly #executions = new Map<string, Execution>();
  readonly #machinery: Machinery;
  readonly #closing = new Map<string, (() => void)[]>();

  constructor(ctx: ServiceContext) {
    this.ctx = ctx;
    this.tokens = new TaskTokens(ctx.kernel);
    this.#machinery = {
      ctx,
      tokens: this.tokens,
      whenClosed: (arn) => this.#whenClosed(arn),
      functions: dialectFunctions(ctx.kernel),
    };
  }

  machineArn(name: string): string {
    return `arn:aws:states:${this.ctx.region}:${this.ctx.accountId}:stateMachine:${name}`;
  }

  executionArn(machineName: string, name: string): string {
    return `arn:aws:states:${this.ctx.region}:${this.ctx.accountId}:execution:${machineName}:${name}`;
  }

  /** @throws AwsError */
  machine(arn: string | undefined): StateMachine {
    if (!arn) throw stepFunctionsErrors.missing('stateMachineArn');
    if (!/^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:[^:]+$/.test(arn))
      throw stepFunctionsErrors.invalidArn(arn);
    const machine = this.machines.get(arn);
    if (!machine) throw stepFunctionsErrors.machineDoesNotExist(arn);
    return machine;
  }

  /** Every execution that is still kept, oldest first. */
  *executions(): Iterable<Execution> {
    for (const execution of this.#executions.values()) if (!this.#isForgotten(execution)) yield execution;
  }

  findExecution(arn: string): Execution | undefined {
    const execution = this.#executions.get(arn);
    return execution && !this.#isForgotten(execution) ? execution : undefined;
  }

  /** @throws AwsError */
  execution(arn: string | undefined): Execution {
    if (!arn) throw stepFunctionsErrors.missing('executionArn');
    if (!/^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:execution:[^:]+:[^:]+$/.test(arn))
      throw stepFunctionsErrors.invalidArn(arn);
    const execution = this.findExecution(arn);
    if (!execution) throw stepFunctionsErrors.executionDoesNotExist(arn);
    return execution;
  }

  /** Starts a new execution; its name must be free. */
  start(
    machine: StateMachine,
    options: {
      readonly name: string;
      readonly input: Datum;
      readonly inputText: string;
      readonly traceHeader: string | undefined;
    },
  ): Execution {
    const { kernel } = this.ctx;
    const arn = this.executionArn(machine.name, options.name);
    const startMs = kernel.now();
    const logger = executionLogger(this.ctx, machine.loggingConfiguration, {
      arn,
      machineName: machine.name,
      startMs,
    });
    const execution: Execution = {
      arn,
      ...options,
      machine: snapshotOf(machine),
      startMs,
      history: new History(() => kernel.now(), logger),
      scope: new Scope(kernel),
      caller: roleSession(machine.roleArn, kernel.hex('states-session-name', 32)),
      status: 'RUNNING',
      stopMs: undefined,
      output: undefined,
      error: undefined,
      cause: undefined,
    };
    // A name that is free again belongs to the new execution; re-adding keeps the map in the order of starts.
    this.#executions.delete(arn);
    this.#executions.set(arn, execution);
    this.#tell(execution, 'ExecutionsStarted');
    startRun(this.#machinery, execution, (ended) => this.#onEnd(ended));
    return execution;
  }

  /** Ends a running execution from outside; an ended one stays as it is. */
  stop(execution: Execution, error: string | undefined, cause: string | undefined): void {
    if (execution.status === 'RUNNING')
      stopRun(this.#machinery, execution, error, cause, (ended) => this.#onEnd(ended));
  }

  #onEnd(execution: Execution): void {
    const metrics = {
      RUNNING: 'ExecutionsStarted',
      SUCCEEDED: 'ExecutionsSucceeded',
      FAILED: 'ExecutionsFailed',
      TIMED_OUT: 'ExecutionsTimedOut',
      ABORTED: 'ExecutionsAborted',
    } as const;
    this.#tell(execution, metrics[execution.status]);
    this.ctx.metric({
      namespace: 'AWS/States',
      name: 'ExecutionTime',
      dimensions: { StateMachineArn: execution.machine.arn },
      value: (execution.stopMs ?? execution.startMs) - execution.startMs,
      unit: 'Milliseconds',
    });
    const waiting = this.#closing.get(execution.arn) ?? [];
    this.#closing.delete(execution.arn);
    for (const resolve of waiting) resolve();
  }

  #tell(execution: Execution, metric: string): void {
    const { arn, status, error, machine } = execution;
    this.ctx.kernel.record('states-execution', { arn, status, ...(error === undefined ? {} : { error }) });
    this.ctx.emit(statusEvent(execution));
    this.ctx.metric({
      namespace: 'AWS/States',
      name: metric,
      dimensions: { StateMachineArn: machine.arn },
      value: 1,
      unit: 'Count',
    });
  }

  #whenClosed(arn: string): Promise<void> {
    const execution = this.findExecution(arn);
    if (execution?.status !== 'RUNNING') return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#closing.get(arn);
      if (waiting) waiting.push(resolve);
      else this.#closing.set(arn, [resolve]);
    });
  }

  #isForgotten(execution: Execution): boolean {
    return execution.stopMs !== undefined && this.ctx.kernel.now() - execution.stopMs > retentionMs;
  }
}
