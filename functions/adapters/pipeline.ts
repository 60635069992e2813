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
import type { PipelineRun } from '../core/link-pipeline.ts';

type CodePipeline = Pick<CodePipelineClient, 'send'>;
export type Pipeline = NonNullable<ServiceConfiguration['rollout']['pipeline']>;

/** Longest texts that CodePipeline takes (API reference, DisableStageTransition and ApprovalResult). */
const reasonMax = 300;
const summaryMax = 512;

/** Holds executions back in front of the stage that releases, or lets them in again. */
export const holdStage = async (
  codepipeline: CodePipeline,
  { name, stage }: Pipeline,
  held: { readonly reason: string } | undefined,
): Promise<void> => {
  const transition = { pipelineName: name, stageName: stage, transitionType: 'Inbound' as const };
  if (held) {
    await codepipeline.send(
      new DisableStageTransitionCommand({ ...transition, reason: held.reason.slice(0, reasonMax) }),
    );
  } else await codepipeline.send(new EnableStageTransitionCommand(transition));
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
