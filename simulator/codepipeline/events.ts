import type { EmittedEvent } from '../cloud/service.ts';
import type { ActionRun, Execution, StageRun } from './model.ts';

/**
 * The three kinds of events, delivered at least once.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
 */

export type ExecutionState =
  | 'STARTED'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELED'
  | 'RESUMED'
  | 'STOPPING'
  | 'STOPPED'
  | 'SUPERSEDED';
export type StageState = Exclude<ExecutionState, 'SUPERSEDED'>;
export type ActionState = 'STARTED' | 'SUCCEEDED' | 'FAILED' | 'CANCELED' | 'ABANDONED';

const iso = (ms: number): string => new Date(ms).toISOString();

export const executionEvent = (execution: Execution, state: ExecutionState): EmittedEvent => {
  const { triggerType, triggerDetail } = execution.trigger;
  return {
    source: 'aws.codepipeline',
    detailType: 'CodePipeline Pipeline Execution State Change',
    resources: [execution.pipeline.arn],
    detail: {
      pipeline: execution.pipeline.name,
      'execution-id': execution.id,
      'start-time': iso(execution.startMs),
      // Only the first event of an execution says what started it.
      ...(state === 'STARTED'
        ? { 'execution-trigger': { 'trigger-type': triggerType, 'trigger-detail': triggerDetail } }
        : {}),
      state,
      version: execution.declaration.version,
      'pipeline-execution-attempt': execution.attempt,
    },
  };
};

export const stageEvent = (execution: Execution, stage: StageRun, state: StageState): EmittedEvent => ({
  source: 'aws.codepipeline',
  detailType: 'CodePipeline Stage Execution State Change',
  resources: [execution.pipeline.arn],
  detail: {
    pipeline: execution.pipeline.name,
    'execution-id': execution.id,
    'start-time': iso(stage.startMs),
    ...(state === 'RESUMED' && stage.retriedMs !== undefined
      ? { 'stage-last-retry-attempt-time': iso(stage.retriedMs) }
      : {}),
    stage: stage.declaration.name,
    state,
    version: execution.declaration.version,
    'pipeline-execution-attempt': stage.attempt,
  },
});

export const actionEvent = (run: ActionRun, state: ActionState, region: string): EmittedEvent => {
  const { execution, declaration, external, error } = run;
  const { owner, provider, category, version } = declaration.actionTypeId ?? {};
  const artifacts = run.outputArtifacts.map(({ name, bucket, key }) => ({ name, s3location: { bucket, key } }));
  return {
    source: 'aws.codepipeline',
    detailType: 'CodePipeline Action Execution State Change',
    resources: [execution.pipeline.arn],
    detail: {
      pipeline: execution.pipeline.name,
      'execution-id': execution.id,
      'start-time': iso(run.startMs),
      stage: run.stage.declaration.name,
      ...(external || error
        ? {
            'execution-result': {
              ...(external?.url === undefined ? {} : { 'external-execution-url': external.url }),
              ...(summaryOf(run) === undefined ? {} : { 'external-execution-summary': summaryOf(run) }),
              ...(external ? { 'external-execution-id': external.id } : {}),
              ...(error?.code === undefined ? {} : { 'error-code': error.code }),
            },
          }
        : {}),
      ...(state === 'SUCCEEDED' && artifacts.length > 0 ? { 'output-artifacts': artifacts } : {}),
      'action-execution-id': run.id,
      action: declaration.name,
      state,
      region,
      type: { owner, provider, category, version },
      version: execution.declaration.version,
      'pipeline-execution-attempt': execution.attempt,
    },
  };
};

const summaryOf = ({ external, error }: ActionRun): string | undefined => external?.summary ?? error?.message;
