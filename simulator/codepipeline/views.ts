import type {
  ActionExecution,
  ActionExecutionDetail,
  ActionState,
  PipelineDeclaration,
  PipelineExecution,
  PipelineExecutionSummary,
  StageState,
  TransitionState,
} from '@aws-sdk/client-codepipeline';
import { laneOf } from './engine.ts';
import type { ActionRun, Artifact, Declaration, Execution, Pipeline, Transition } from './model.ts';

/** A declaration as AWS answers it: lists that may be left out of a request are there, if only empty. */
export const declarationView = (declaration: Declaration): PipelineDeclaration => {
  const given = structuredClone(declaration);
  return {
    ...given,
    stages: given.stages.map((stage) => ({
      ...stage,
      actions: stage.actions.map((action) => ({
        ...action,
        configuration: action.configuration ?? {},
        inputArtifacts: action.inputArtifacts ?? [],
        outputArtifacts: action.outputArtifacts ?? [],
      })),
    })),
  };
};

export const executionView = (execution: Execution): PipelineExecution => ({
  pipelineName: execution.pipeline.name,
  pipelineVersion: execution.declaration.version,
  pipelineExecutionId: execution.id,
  status: execution.status,
  ...(execution.statusSummary === undefined ? {} : { statusSummary: execution.statusSummary }),
  artifactRevisions: [...execution.stages.values()].flatMap(({ actions }) =>
    [...actions.values()].flatMap((run) =>
      run.outputArtifacts.flatMap(({ name }) => {
        const source = execution.sourceRevisions.find(({ actionName }) => actionName === run.declaration.name);
        return source && run.revision
          ? [
              {
                name,
                revisionId: run.revision.id,
                revisionSummary: source.revisionSummary,
                ...(source.revisionUrl === undefined ? {} : { revisionUrl: source.revisionUrl }),
                created: new Date(run.revision.createdMs),
              },
            ]
          : [];
      }),
    ),
  ),
  variables: [...execution.variables].map(([name, resolvedValue]) => ({ name, resolvedValue })),
  trigger: { ...execution.trigger },
  executionMode: execution.declaration.executionMode,
  executionType: 'STANDARD',
});

export const executionSummary = (execution: Execution): PipelineExecutionSummary => ({
  pipelineExecutionId: execution.id,
  status: execution.status,
  ...(execution.statusSummary === undefined ? {} : { statusSummary: execution.statusSummary }),
  startTime: new Date(execution.startMs),
  lastUpdateTime: new Date(execution.updatedMs),
  sourceRevisions: structuredClone(execution.sourceRevisions),
  trigger: { ...execution.trigger },
  ...(execution.stop?.reason === undefined ? {} : { stopTrigger: { reason: execution.stop.reason } }),
  executionMode: execution.declaration.executionMode,
  executionType: 'STANDARD',
});

/** The stages of the newest version of a pipeline, with what waits before each and what ran in it last. */
export const stageStates = (pipeline: Pipeline): StageState[] =>
  pipeline.declaration.stages.map((stage) => {
    const lane = laneOf(pipeline, stage.name);
    const waiting = lane.waiting.map(({ id }) => ({
      pipelineExecutionId: id,
      status: 'InProgress' as const,
      type: 'STANDARD' as const,
    }));
    const latest = lane.latest?.stages.get(stage.name);
    return {
      stageName: stage.name,
      ...(waiting[0] ? { inboundExecution: waiting[0], inboundExecutions: waiting } : {}),
      inboundTransitionState: transitionView(lane.transition),
      actionStates: stage.actions.map((action): ActionState => {
        const run = latest?.actions.get(action.name);
        return {
          actionName: action.name,
          ...(run?.revision
            ? {
                currentRevision: {
                  revisionId: run.revision.id,
                  revisionChangeId: run.revision.id,
                  created: new Date(run.revision.createdMs),
                },
              }
            : {}),
          ...(run ? { latestExecution: actionView(run) } : {}),
          ...entityUrl(run),
        };
      }),
      ...(latest && lane.latest
        ? { latestExecution: { pipelineExecutionId: lane.latest.id, status: latest.status, type: 'STANDARD' } }
        : {}),
    };
  });

const entityUrl = (run: ActionRun | undefined): Pick<ActionState, 'entityUrl'> => {
  const url = run?.resolvedConfiguration.ExternalEntityLink;
  return url === undefined ? {} : { entityUrl: url };
};

const transitionView = ({ enabled, reason, changedBy, changedMs }: Transition): TransitionState => ({
  enabled,
  ...(changedBy === undefined ? {} : { lastChangedBy: changedBy }),
  ...(changedMs === undefined ? {} : { lastChangedAt: new Date(changedMs) }),
  ...(reason === undefined ? {} : { disabledReason: reason }),
});

const actionView = (run: ActionRun): ActionExecution => ({
  actionExecutionId: run.id,
  status: run.status,
  ...(run.summary === undefined ? {} : { summary: run.summary }),
  lastStatusChange: new Date(run.updatedMs),
  // A token is shown for as long as it can be used.
  ...(run.token !== undefined && run.status === 'InProgress' ? { token: run.token } : {}),
  ...(run.updatedBy === undefined ? {} : { lastUpdatedBy: run.updatedBy }),
  ...(run.external ? { externalExecutionId: run.external.id } : {}),
  ...(run.external?.url === undefined ? {} : { externalExecutionUrl: run.external.url }),
  ...(run.error ? { errorDetails: { ...run.error } } : {}),
});

export const actionDetail = (run: ActionRun, region: string): ActionExecutionDetail => {
  const { declaration, execution, external } = run;
  const artifacts = (list: readonly Artifact[]) =>
    list.map(({ name, bucket, key }) => ({ name, s3location: { bucket, key } }));
  return {
    pipelineExecutionId: execution.id,
    actionExecutionId: run.id,
    pipelineVersion: execution.declaration.version,
    stageName: run.stage.declaration.name,
    actionName: declaration.name,
    startTime: new Date(run.startMs),
    lastUpdateTime: new Date(run.updatedMs),
    ...(run.updatedBy === undefined ? {} : { updatedBy: run.updatedBy }),
    status: run.status,
    input: {
      ...(declaration.actionTypeId ? { actionTypeId: { ...declaration.actionTypeId } } : {}),
      configuration: { ...declaration.configuration },
      resolvedConfiguration: { ...run.resolvedConfiguration },
      ...(declaration.roleArn === undefined ? {} : { roleArn: declaration.roleArn }),
      region,
      inputArtifacts: artifacts(run.inputArtifacts),
      ...(declaration.namespace === undefined ? {} : { namespace: declaration.namespace }),
    },
    output: {
      outputArtifacts: artifacts(run.outputArtifacts),
      executionResult: {
        // Of an approval it is the token, which is how one in PARALLEL mode is found.
        ...(external || run.token !== undefined ? { externalExecutionId: external?.id ?? run.token } : {}),
        ...(run.summary === undefined && external?.summary === undefined && !run.error
          ? {}
          : { externalExecutionSummary: run.summary ?? external?.summary ?? run.error?.message }),
        ...(external?.url === undefined ? {} : { externalExecutionUrl: external.url }),
        ...(run.error ? { errorDetails: { ...run.error } } : {}),
      },
      outputVariables: { ...run.outputVariables },
    },
  };
};
