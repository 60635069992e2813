import type { ActionProvider } from './provider.ts';

/**
 * Waits for `PutApprovalResult`, for seven days or as long as the declaration says, and tells a topic of it.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html
 */
export const manualApproval: ActionProvider = {
  category: 'Approval',
  provider: 'Manual',
  required: [],
  optional: ['CustomData', 'ExternalEntityLink', 'NotificationArn'],
  inputs: [0, 0],
  outputs: [0, 0],
  timeoutMs: 7 * 86_400_000,
  run: async ({ ctx, run, configuration, call, approval }) => {
    const token = ctx.kernel.uuid('codepipeline-approval-token');
    run.token = token;
    const answered = approval(token);
    const { NotificationArn: topic } = configuration;
    if (topic !== undefined)
      await call('sns', 'Publish', {
        TopicArn: topic,
        Subject:
          `APPROVAL NEEDED: AWS CodePipeline ${run.execution.pipeline.name} for action ${run.declaration.name}`.slice(
            0,
            100,
          ),
        Message: JSON.stringify(notification(ctx.region, run, configuration, token, ctx.kernel.now())),
      });
    const { approved, summary, by } = await answered;
    if (approved) return { ok: true, summary, updatedBy: by };
    return { ok: false, code: 'JobFailed', message: 'The approval was rejected.', summary, updatedBy: by };
  },
};

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals-json-format.html */
const notification = (
  region: string,
  { execution, stage, declaration }: Parameters<ActionProvider['run']>[0]['run'],
  configuration: Readonly<Record<string, string>>,
  token: string,
  nowMs: number,
): object => {
  const timeoutMs = declaration.timeoutInMinutes === undefined ? 7 * 86_400_000 : declaration.timeoutInMinutes * 60_000;
  const console = `https://console.aws.amazon.com/codepipeline/home?region=${region}#/view/${execution.pipeline.name}`;
  const { ExternalEntityLink: link, CustomData: text } = configuration;
  return {
    region,
    consoleLink: console,
    approval: {
      pipelineName: execution.pipeline.name,
      stageName: stage.declaration.name,
      actionName: declaration.name,
      token,
      // To the minute, as in AWS's sample.
      expires: `${new Date(nowMs + timeoutMs).toISOString().slice(0, 16)}Z`,
      externalEntityLink: link ?? null,
      approvalReviewLink: `${console}/${stage.declaration.name}/${declaration.name}/approve/${token}`,
      customData: text ?? null,
    },
  };
};
