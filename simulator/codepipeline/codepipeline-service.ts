import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition, Caller, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { createPipeline } from './actions/create-pipeline.ts';
import { deletePipeline } from './actions/delete-pipeline.ts';
import { disableStageTransition } from './actions/disable-stage-transition.ts';
import { enableStageTransition } from './actions/enable-stage-transition.ts';
import { getPipeline } from './actions/get-pipeline.ts';
import { getPipelineExecution } from './actions/get-pipeline-execution.ts';
import { getPipelineState } from './actions/get-pipeline-state.ts';
import { listActionExecutions } from './actions/list-action-executions.ts';
import { listPipelineExecutions } from './actions/list-pipeline-executions.ts';
import { listPipelines } from './actions/list-pipelines.ts';
import { listTagsForResource } from './actions/list-tags-for-resource.ts';
import { putApprovalResult } from './actions/put-approval-result.ts';
import { retryStageExecution } from './actions/retry-stage-execution.ts';
import { startPipelineExecution } from './actions/start-pipeline-execution.ts';
import { stopPipelineExecution } from './actions/stop-pipeline-execution.ts';
import { tagResource } from './actions/tag-resource.ts';
import { untagResource } from './actions/untag-resource.ts';
import { updatePipeline } from './actions/update-pipeline.ts';
import { Engine, type NewExecution } from './engine.ts';
import { codePipelineErrors } from './errors.ts';
import type { DeclaredStage, Execution, Pipeline } from './model.ts';
import type { SourceContent } from './providers/provider.ts';

/** AWS CodePipeline with the action types in `providers/`. */
export class CodePipelineService implements SimulatedService {
  readonly name = 'codepipeline';
  readonly ctx: ServiceContext;
  readonly pipelines = new Map<string, Pipeline>();
  readonly engine: Engine;
  /**
   * What buckets and repositories outside of the simulator hold, by `s3://<bucket>/<key>` and `<owner>/<name>@<branch>`.
   * A source that was not told of holds no files, and has another revision each time.
   */
  readonly sources = new Map<string, SourceContent>();

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<CodePipelineService, any, any>>> = {
    CreatePipeline: createPipeline,
    DeletePipeline: deletePipeline,
    DisableStageTransition: disableStageTransition,
    EnableStageTransition: enableStageTransition,
    GetPipeline: getPipeline,
    GetPipelineExecution: getPipelineExecution,
    GetPipelineState: getPipelineState,
    ListActionExecutions: listActionExecutions,
    ListPipelineExecutions: listPipelineExecutions,
    ListPipelines: listPipelines,
    ListTagsForResource: listTagsForResource,
    PutApprovalResult: putApprovalResult,
    RetryStageExecution: retryStageExecution,
    StartPipelineExecution: startPipelineExecution,
    StopPipelineExecution: stopPipelineExecution,
    TagResource: tagResource,
    UntagResource: untagResource,
    UpdatePipeline: updatePipeline,
  };

  constructor(ctx: ServiceContext) {
    this.ctx = ctx;
    this.engine = new Engine(
      ctx,
      (location) =>
        this.sources.get(location) ?? {
          revisionId: ctx.kernel.hex('codepipeline-revision', 40),
          summary: `What ${location} holds`,
          files: {},
        },
    );
  }

  start(pipeline: Pipeline, given: Partial<NewExecution> & Pick<NewExecution, 'trigger'>): Execution {
    const defaults = new Map(
      (pipeline.declaration.variables ?? []).map(({ name = '', defaultValue = '' }) => [name, defaultValue]),
    );
    return this.engine.start(pipeline, {
      overrides: [],
      variables: defaults,
      clientRequestToken: undefined,
      ...given,
    });
  }

  remove(name: string): void {
    const pipeline = this.pipelines.get(name);
    if (!pipeline) return;
    this.engine.forget(pipeline);
    this.pipelines.delete(name);
  }

  arnOf(name: string): string {
    return `arn:aws:codepipeline:${this.ctx.region}:${this.ctx.accountId}:${name}`;
  }

  /** Whom pipelines name as the one who did something. */
  whoIs(caller: Caller): string {
    return caller.kind === 'service' ? caller.principal : caller.arn;
  }

  /** @throws AwsError */
  given(pipeline: PipelineDeclaration | undefined): PipelineDeclaration {
    if (pipeline) return pipeline;
    throw codePipelineErrors.validation(
      "1 validation error detected: Value null at 'pipeline' failed to satisfy constraint: Member must not be null",
    );
  }

  /** @throws AwsError */
  pipeline(name: string | undefined): Pipeline {
    const pipeline = this.pipelines.get(name ?? '');
    if (!pipeline) throw codePipelineErrors.noPipeline(this.ctx.accountId, name ?? '');
    return pipeline;
  }

  /** @throws AwsError */
  pipelineOfArn(arn = ''): Pipeline {
    if (!/^arn:aws[\w-]*:codepipeline:[\w-]+:\d{12}:[^/]+$/.test(arn)) throw codePipelineErrors.invalidArn(arn);
    const pipeline = this.pipelines.get(arn.split(':').at(-1) ?? '');
    if (!pipeline) throw codePipelineErrors.noResource(arn);
    return pipeline;
  }

  /** @throws AwsError */
  stage(pipeline: Pipeline, name = ''): DeclaredStage {
    const stage = pipeline.declaration.stages.find((candidate) => candidate.name === name);
    if (!stage) throw codePipelineErrors.noStage(pipeline.name, name);
    return stage;
  }

  /** @throws AwsError */
  execution(pipeline: Pipeline, id = ''): Execution {
    const execution = pipeline.executions.find((candidate) => candidate.id === id);
    if (!execution) throw codePipelineErrors.noExecution(pipeline.name, id);
    return execution;
  }
}
