import {
  type CodePipelineClient,
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  PutApprovalResultCommand,
} from '@aws-sdk/client-codepipeline';
import type { ServiceConfiguration } from '../core/configuration.ts';
import { nameOf } from '../core/errors.ts';
import { judgeStage, type StageDecision } from '../core/judge-stage.ts';
import type { PipelineRun } from '../core/link-pipeline.ts';
import type { Freeze } from '../core/state.ts';

type CodePipeline = Pick<CodePipelineClient, 'send'>;
export type Pipeline = NonNullable<ServiceConfiguration['rollout']['pipeline']>;

/** Longest summary that CodePipeline takes (API reference, ApprovalResult). */
const summaryMax = 512;

export type StageOutcome =
  | StageDecision
  /** CodePipeline refused; `reason` is what it said. */
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Holds executions back in front of the stage that releases, or lets them in again, as core decides of what is there.
 * Never throws: a freeze stands without its pipeline, and one that is gone must not keep the others open.
 */
export const settleStage = async (
  codepipeline: CodePipeline,
  { name, stage }: Pipeline,
  freeze: Freeze | undefined,
): Promise<StageOutcome> => {
  const transition = { pipelineName: name, stageName: stage, transitionType: 'Inbound' as const };
  try {
    const { stageStates } = await codepipeline.send(new GetPipelineStateCommand({ name }));
    const found = stageStates?.find(({ stageName }) => stageName === stage);
    if (!found) return { kind: 'failed', reason: 'it has no such stage' };
    const { enabled = true, disabledReason } = found.inboundTransitionState ?? {};
    const decision = judgeStage(freeze, { enabled, disabledReason });
    if (decision.kind === 'hold')
      await codepipeline.send(new DisableStageTransitionCommand({ ...transition, reason: decision.reason }));
    if (decision.kind === 'open') await codepipeline.send(new EnableStageTransitionCommand(transition));
    return decision;
  } catch (error) {
    const said = error instanceof Error ? `: ${error.message.replace(/\.$/, '')}` : '';
    return { kind: 'failed', reason: `${nameOf(error)}${said}` };
  }
};

/**
 * Answers the manual approval action that waits in a pipeline.
 * @returns false when none waits.
 */
export const answerPipeline = async (
  codepipeline: CodePipeline,
  { name, approval }: Pipeline,
  answer: { readonly approved: boolean; readonly summary: string },
): Promise<boolean> => {
  if (!approval) return false;
  const { stageStates } = await codepipeline.send(new GetPipelineStateCommand({ name }));
  const action = stageStates
    ?.find(({ stageName }) => stageName === approval.stage)
    ?.actionStates?.find(({ actionName }) => actionName === approval.action);
  const { token, status } = action?.latestExecution ?? {};
  if (status !== 'InProgress' || token === undefined) return false;
  await codepipeline.send(
    new PutApprovalResultCommand({
      pipelineName: name,
      stageName: approval.stage,
      actionName: approval.action,
      token,
      result: {
        status: answer.approved ? 'Approved' : 'Rejected',
        summary: answer.summary.slice(0, summaryMax),
      },
    }),
  );
  return true;
};

/** CodePipeline's names for an execution that it cannot find, or whose id has the wrong form. */
const unknownExecution = ['PipelineExecutionNotFoundException', 'PipelineNotFoundException', 'ValidationException'];

/** What an execution of a pipeline was given by its sources. */
export const readPipelineRun = async (
  codepipeline: CodePipeline,
  pipelineName: string,
  pipelineExecutionId: string,
): Promise<PipelineRun> => {
  try {
    const { pipelineExecution } = await codepipeline.send(
      new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId }),
    );
    return {
      kind: 'found',
      revisions: (pipelineExecution?.artifactRevisions ?? []).map(
        ({ name, revisionId, revisionSummary, revisionUrl }) => ({
          artifact: name ?? '',
          id: revisionId ?? '',
          ...(revisionSummary !== undefined && { summary: revisionSummary }),
          ...(revisionUrl !== undefined && { url: revisionUrl }),
        }),
      ),
    };
  } catch (error) {
    if (!unknownExecution.includes(nameOf(error))) throw error;
    return { kind: 'missing', reason: error instanceof Error ? error.message : nameOf(error) };
  }
};
