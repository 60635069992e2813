import {
  type CodePipelineClient,
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  GetPipelineStateCommand,
  PutApprovalResultCommand,
} from '@aws-sdk/client-codepipeline';
import type { ServiceConfiguration } from '../core/configuration.ts';

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
