import type { ActionProvider } from './provider.ts';

/**
 * Waits for `PutApprovalResult`, for seven days or as long as the declaration says.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html
 */
export const manualApproval: ActionProvider = {
  category: 'Approval',
  provider: 'Manual',
  required: [],
  optional: ['CustomData', 'ExternalEntityLink'],
  inputs: [0, 0],
  outputs: [0, 0],
  timeoutMs: 7 * 86_400_000,
  run: async ({ ctx, run, approval }) => {
    const token = ctx.kernel.uuid('codepipeline-approval-token');
    run.token = token;
    const { approved, summary, by } = await approval(token);
    if (approved) return { ok: true, summary, updatedBy: by };
    return { ok: false, code: 'JobFailed', message: 'The approval was rejected.', summary, updatedBy: by };
  },
};
