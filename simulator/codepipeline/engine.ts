import type { SourceRevisionOverride, StageRetryMode } from '@aws-sdk/client-codepipeline';
import { AwsError } from '../cloud/aws-error.ts';
import { roleSession } from '../cloud/role-session.ts';
import type { Caller, ServiceContext } from '../cloud/service.ts';
import { codePipelineErrors } from './errors.ts';
import {
  type ActionState,
  actionEvent,
  type ExecutionState,
  executionEvent,
  type StageState,
  stageEvent,
} from './events.ts';
import {
  type ActionRun,
  type Artifact,
  type DeclaredAction,
  type Execution,
  isOver,
  type Lane,
  type Pipeline,
  type StageRun,
} from './model.ts';
import type { Approval, Outcome, SourceContent } from './providers/provider.ts';
import { providerOf } from './providers/registry.ts';
import { resolveVariables, UnresolvedVariable } from './variables.ts';

/** Executions that may be in progress at once: docs.aws.amazon.com/codepipeline/latest/userguide/limits.html. */
const concurrentMax = { PARALLEL: 50, QUEUED: 50, SUPERSEDED: Number.POSITIVE_INFINITY } as const;

export interface NewExecution {
  readonly trigger: Execution['trigger'];
  readonly overrides: readonly SourceRevisionOverride[];
  readonly variables: ReadonlyMap<string, string>;
  readonly clientRequestToken: string | undefined;
}

/**
 * Moves executions through their pipelines. A stage takes one execution at a time (in PARALLEL mode any number); the
 * others wait before it, in SUPERSEDED mode only the newest of them.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
 */
export class Engine {
  readonly #ctx: ServiceContext;
  readonly #source: (location: string) => SourceContent;
  /** Who waits for an answer to an approval, by its token. */
  readonly #approvals = new Map<string, (answer: Approval) => void>();

  constructor(ctx: ServiceContext, source: (location: string) => SourceContent) {
    this.#ctx = ctx;
    this.#source = source;
  }

  // Executions.

  /** @throws AwsError when the pipeline has too many already */
  start(pipeline: Pipeline, given: NewExecution): Execution {
    const { declaration } = pipeline;
    const running = pipeline.executions.filter(({ status }) => !isOver(status));
    const most = concurrentMax[declaration.executionMode];
    if (running.length >= most) throw codePipelineErrors.tooManyExecutions(most);
    const nowMs = this.#ctx.kernel.now();
    const execution: Execution = {
      id: this.#ctx.kernel.uuid('codepipeline-execution'),
      pipeline,
      declaration,
      ...given,
      startMs: nowMs,
      namespaces: new Map(),
      artifacts: new Map(),
      sourceRevisions: [],
      stages: new Map(),
      updatedMs: nowMs,
      status: 'InProgress',
      statusSummary: undefined,
      stop: undefined,
      attempt: 1,
    };
    pipeline.executions.push(execution);
    this.#tell(execution, 'STARTED');
    this.#enter(execution, 0);
    return execution;
  }

  /** @throws AwsError */
  stop(execution: Execution, abandon: boolean, reason: string | undefined): void {
    if (isOver(execution.status)) throw codePipelineErrors.notStoppable(execution.id);
    if (execution.stop && (execution.stop.abandon || !abandon)) throw codePipelineErrors.duplicatedStop(execution.id);
    const isFirst = execution.stop === undefined;
    execution.stop = { abandon, reason };
    execution.status = 'Stopping';
    if (isFirst) this.#tell(execution, 'STOPPING');
    const stage = [...execution.stages.values()].find(({ status }) => status === 'InProgress' || status === 'Stopping');
    if (!stage) {
      for (const lane of execution.pipeline.lanes.values()) remove(lane.waiting, execution);
      this.#end(execution, 'Stopped', 'STOPPED', reason);
      return;
    }
    if (isFirst) {
      stage.status = 'Stopping';
      this.#ctx.emit(stageEvent(execution, stage, 'STOPPING'));
    }
    if (!abandon) return;
    for (const run of stage.actions.values()) {
      if (run.status !== 'InProgress') continue;
      run.status = 'Abandoned';
      this.#close(run, 'ABANDONED');
    }
    this.#advance(execution, stage);
  }

  /** Runs what has failed in a stage once more, or all of it. @throws AwsError */
  retry(execution: Execution, stageName: string, mode: StageRetryMode): void {
    const lane = this.#lane(execution, stageName);
    const stage = execution.stages.get(stageName);
    const isParallel = execution.declaration.executionMode === 'PARALLEL';
    if (!isParallel && (lane.latest !== execution || lane.occupant)) throw codePipelineErrors.notLatest();
    if (!stage || !['Failed', 'Stopped'].includes(stage.status)) throw codePipelineErrors.notRetryable(stageName);
    execution.attempt += 1;
    execution.status = 'InProgress';
    execution.statusSummary = undefined;
    execution.stop = undefined;
    stage.attempt += 1;
    stage.retriedMs = this.#ctx.kernel.now();
    stage.status = 'InProgress';
    for (const [name, run] of stage.actions)
      if (mode === 'ALL_ACTIONS' || run.status !== 'Succeeded') stage.actions.delete(name);
    if (!isParallel) lane.occupant = execution;
    this.#tell(execution, 'RESUMED');
    this.#ctx.emit(stageEvent(execution, stage, 'RESUMED'));
    this.#advance(execution, stage);
  }

  /** Gives up whatever a deleted pipeline has in progress, without a word. */
  forget(pipeline: Pipeline): void {
    for (const execution of pipeline.executions)
      for (const stage of execution.stages.values()) for (const run of stage.actions.values()) run.stopped.abort();
    for (const lane of pipeline.lanes.values()) lane.waiting.length = 0;
  }

  /** @throws AwsError for a token that nothing waits for */
  answer(token: string, answer: Approval): void {
    const waiting = this.#approvals.get(token);
    if (!waiting) throw codePipelineErrors.invalidApprovalToken();
    this.#approvals.delete(token);
    waiting(answer);
  }

  // The way into a stage.

  #lane(execution: Execution, stageName: string): Lane {
    return laneOf(execution.pipeline, stageName);
  }

  #enter(execution: Execution, index: number): void {
    const stage = execution.declaration.stages[index];
    if (!stage) {
      this.#end(execution, 'Succeeded', 'SUCCEEDED');
      return;
    }
    const lane = this.#lane(execution, stage.name);
    if (execution.declaration.executionMode === 'SUPERSEDED')
      for (const older of lane.waiting.splice(0))
        this.#end(older, 'Superseded', 'SUPERSEDED', `Superseded by the execution ${execution.id}`);
    lane.waiting.push(execution);
    this.admit(lane);
  }

  /** Lets in whoever may enter a stage now: called when one waits, when one has left, and when its transition opens. */
  admit(lane: Lane): void {
    while (lane.transition.enabled && lane.waiting.length > 0 && !lane.occupant) {
      const execution = lane.waiting.shift() as Execution;
      const { executionMode, stages } = execution.declaration;
      const declaration = stages.find(({ name }) => this.#lane(execution, name) === lane);
      if (!declaration) continue;
      if (executionMode !== 'PARALLEL') lane.occupant = execution;
      lane.latest = execution;
      const stage: StageRun = {
        declaration,
        startMs: this.#ctx.kernel.now(),
        status: 'InProgress',
        attempt: 0,
        retriedMs: undefined,
        actions: new Map(),
      };
      execution.stages.set(declaration.name, stage);
      this.#touch(execution);
      this.#ctx.emit(stageEvent(execution, stage, 'STARTED'));
      this.#advance(execution, stage);
    }
  }

  // A stage: its actions by their run order, those of the same at once.

  #advance(execution: Execution, stage: StageRun): void {
    const runs = [...stage.actions.values()];
    if (runs.some(({ status }) => status === 'InProgress')) return;
    if (runs.some(({ status }) => status === 'Failed')) {
      this.#leave(execution, stage, 'Failed', 'FAILED');
      if (execution.stop) this.#end(execution, 'Stopped', 'STOPPED', execution.stop.reason);
      else this.#end(execution, 'Failed', 'FAILED');
      return;
    }
    const left = stage.declaration.actions.filter(({ name }) => !stage.actions.has(name));
    if (execution.stop) {
      const isDone = left.length === 0 && runs.every(({ status }) => status === 'Succeeded');
      this.#leave(execution, stage, isDone ? 'Succeeded' : 'Stopped', isDone ? 'SUCCEEDED' : 'STOPPED');
      this.#end(execution, 'Stopped', 'STOPPED', execution.stop.reason);
      return;
    }
    if (left.length === 0) {
      this.#leave(execution, stage, 'Succeeded', 'SUCCEEDED');
      this.#enter(execution, execution.declaration.stages.indexOf(stage.declaration) + 1);
      return;
    }
    const next = Math.min(...left.map(({ runOrder }) => runOrder));
    const group = left
      .filter(({ runOrder }) => runOrder === next)
      .map((action) => this.#begin(execution, stage, action));
    for (const run of group) this.#carryOut(run);
  }

  #leave(execution: Execution, stage: StageRun, status: StageRun['status'], state: StageState): void {
    stage.status = status;
    this.#touch(execution);
    this.#ctx.emit(stageEvent(execution, stage, state));
    const lane = this.#lane(execution, stage.declaration.name);
    if (lane.occupant !== execution) return;
    lane.occupant = undefined;
    // Whoever waits comes after the one that leaves has gone on.
    this.#soon(() => this.admit(lane));
  }

  // An action.

  #begin(execution: Execution, stage: StageRun, declaration: DeclaredAction): ActionRun {
    const nowMs = this.#ctx.kernel.now();
    const run: ActionRun = {
      id: this.#ctx.kernel.uuid('codepipeline-action-execution'),
      execution,
      stage,
      declaration,
      startMs: nowMs,
      inputArtifacts: (declaration.inputArtifacts ?? []).flatMap(
        ({ name = '' }) => execution.artifacts.get(name) ?? [],
      ),
      stopped: new AbortController(),
      updatedMs: nowMs,
      status: 'InProgress',
      resolvedConfiguration: {},
      summary: undefined,
      updatedBy: undefined,
      token: undefined,
      external: undefined,
      error: undefined,
      outputVariables: {},
      outputArtifacts: [],
      revision: undefined,
    };
    stage.actions.set(declaration.name, run);
    execution.pipeline.actionRuns.push(run);
    this.#ctx.emit(actionEvent(run, 'STARTED', this.#ctx.region));
    return run;
  }

  #carryOut(run: ActionRun): void {
    const { declaration, execution } = run;
    const type = declaration.actionTypeId;
    if (!type) throw new Error(`The action ${declaration.name} was not checked.`);
    const provider = providerOf(type);
    this.#soon(async () => {
      if (run.status !== 'InProgress' || run.stopped.signal.aborted) return;
      this.#limit(run, provider.timeoutMs);
      let outcome: Outcome;
      try {
        run.resolvedConfiguration = Object.fromEntries(
          Object.entries(declaration.configuration ?? {}).map(([key, value]) => [
            key,
            resolveVariables(execution, value),
          ]),
        );
        const caller = await this.#callerOf(run);
        outcome = await provider.run({
          ctx: this.#ctx,
          run,
          configuration: run.resolvedConfiguration,
          signal: run.stopped.signal,
          call: async <Answer>(
            service: Parameters<ServiceContext['call']>[0]['service'],
            action: string,
            input: unknown,
          ) => (await this.#ctx.call({ service, action, input, caller })) as Answer,
          approval: (token) => new Promise((resolve) => this.#approvals.set(token, resolve)),
          source: this.#source,
        });
      } catch (error) {
        outcome = failureOf(error);
      }
      if (run.status === 'InProgress' && !run.stopped.signal.aborted) this.#finish(run, outcome);
    });
  }

  #limit(run: ActionRun, defaultMs: number): void {
    const { kernel } = this.#ctx;
    const { timeoutInMinutes } = run.declaration;
    const giveUp = (): void =>
      this.#finish(run, { ok: false, code: 'JobFailed', message: 'The action has timed out.' });
    const timer =
      timeoutInMinutes === undefined
        ? kernel.afterAws(defaultMs, 'codepipeline-timeout', giveUp)
        : kernel.after(timeoutInMinutes * 60_000, 'codepipeline-timeout', giveUp);
    run.stopped.signal.addEventListener('abort', () => timer.cancel());
  }

  /** The pipeline's role, or the action's own, which the pipeline's must be allowed to assume. @throws AwsError */
  async #callerOf({ id, declaration, execution }: ActionRun): Promise<Caller> {
    const sessionName = id.replaceAll('-', '');
    const own = roleSession(execution.declaration.roleArn, sessionName);
    if (declaration.roleArn === undefined) return own;
    await this.#ctx.call({
      service: 'sts',
      action: 'AssumeRole',
      input: { RoleArn: declaration.roleArn, RoleSessionName: sessionName },
      caller: own,
    });
    return roleSession(declaration.roleArn, sessionName);
  }

  #finish(run: ActionRun, outcome: Outcome): void {
    const { execution, declaration, stage } = run;
    run.summary = outcome.summary;
    run.updatedBy = outcome.updatedBy;
    run.external = outcome.external ?? run.external;
    if (!outcome.ok) {
      run.status = 'Failed';
      run.error = { code: outcome.code, message: outcome.message };
      this.#close(run, 'FAILED');
      this.#advance(execution, stage);
      return;
    }
    run.status = 'Succeeded';
    run.outputVariables = outcome.variables ?? {};
    if (declaration.namespace !== undefined) execution.namespaces.set(declaration.namespace, run.outputVariables);
    run.outputArtifacts = (declaration.outputArtifacts ?? []).map(({ name = '' }) =>
      this.#artifact(execution, name, outcome.files ?? {}),
    );
    for (const artifact of run.outputArtifacts) execution.artifacts.set(artifact.name, artifact);
    const { revision } = outcome;
    if (revision) {
      run.revision = { id: revision.id, createdMs: revision.createdMs };
      execution.sourceRevisions.push({
        actionName: declaration.name,
        revisionId: revision.id,
        revisionSummary: revision.summary,
        ...(revision.url === undefined ? {} : { revisionUrl: revision.url }),
      });
    }
    this.#close(run, 'SUCCEEDED');
    this.#advance(execution, stage);
  }

  #artifact(execution: Execution, name: string, files: Artifact['files']): Artifact {
    const { artifactStore, artifactStores } = execution.declaration;
    const store = artifactStore ?? artifactStores?.[this.#ctx.region];
    // Names are cut to 20 characters each in the keys of the bucket.
    const folder = `${execution.pipeline.name.slice(0, 20)}/${name.slice(0, 10)}`;
    const key = `${folder}/${this.#ctx.kernel.hex('codepipeline-artifact', 7)}`;
    return { name, bucket: store?.location ?? '', key, files };
  }

  #close(run: ActionRun, state: ActionState): void {
    run.updatedMs = this.#ctx.kernel.now();
    run.stopped.abort();
    if (run.token !== undefined) this.#approvals.delete(run.token);
    this.#touch(run.execution);
    this.#ctx.emit(actionEvent(run, state, this.#ctx.region));
  }

  // What all of them share.

  #end(execution: Execution, status: Execution['status'], state: ExecutionState, summary?: string): void {
    execution.status = status;
    execution.statusSummary = summary;
    this.#tell(execution, state);
  }

  #tell(execution: Execution, state: ExecutionState): void {
    this.#touch(execution);
    this.#ctx.kernel.record('codepipeline-execution', {
      pipeline: execution.pipeline.name,
      id: execution.id,
      state,
    });
    this.#ctx.emit(executionEvent(execution, state));
  }

  #touch(execution: Execution): void {
    execution.updatedMs = this.#ctx.kernel.now();
  }

  #soon(task: () => void | Promise<void>): void {
    this.#ctx.kernel.afterAws(this.#ctx.fidelity.codepipeline.stepMs, 'codepipeline-step', task);
  }
}

/** The lane of a stage; a stage that the pipeline has got since has none yet. */
export const laneOf = (pipeline: Pipeline, stageName: string): Lane => {
  const known = pipeline.lanes.get(stageName);
  if (known) return known;
  const lane: Lane = { transition: { enabled: true }, waiting: [], occupant: undefined, latest: undefined };
  pipeline.lanes.set(stageName, lane);
  return lane;
};

const remove = (waiting: Execution[], execution: Execution): void => {
  const index = waiting.indexOf(execution);
  if (index >= 0) waiting.splice(index, 1);
};

const failureOf = (error: unknown): Outcome => {
  if (error instanceof UnresolvedVariable) return { ok: false, code: 'ConfigurationError', message: error.message };
  if (!(error instanceof AwsError)) throw error;
  if (/AccessDenied|AuthorizationError/.test(error.code))
    return { ok: false, code: 'PermissionError', message: error.message };
  if (error.status >= 500) return { ok: false, code: 'SystemUnavailable', message: error.message };
  return { ok: false, code: 'ConfigurationError', message: error.message };
};
