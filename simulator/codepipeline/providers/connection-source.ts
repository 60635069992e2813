import type { ActionProvider } from './provider.ts';

/** Reads a branch of a Git repository through a connection. What it holds is told to the simulator, see `CodePipelineService.sources`. */
export const connectionSource: ActionProvider = {
  category: 'Source',
  provider: 'CodeStarSourceConnection',
  required: ['BranchName', 'ConnectionArn', 'FullRepositoryId'],
  optional: ['DetectChanges', 'OutputArtifactFormat'],
  inputs: [0, 0],
  outputs: [1, 1],
  timeoutMs: 3_600_000,
  run: async ({ ctx, run, configuration, source }) => {
    const {
      BranchName: branch = '',
      ConnectionArn: connection = '',
      FullRepositoryId: repository = '',
    } = configuration;
    const override = run.execution.overrides.find(({ actionName }) => actionName === run.declaration.name);
    const head = source(`${repository}@${branch}`);
    const commit = override?.revisionValue ?? head.revisionId;
    return {
      ok: true,
      variables: {
        AuthorDate: new Date(ctx.kernel.now()).toISOString(),
        BranchName: branch,
        CommitId: commit,
        CommitMessage: head.summary,
        ConnectionArn: connection,
        FullRepositoryName: repository,
      },
      files: head.files,
      revision: {
        id: commit,
        // The console's own form: provider and message as JSON.
        summary: JSON.stringify({ ProviderType: 'GitHub', CommitMessage: head.summary }),
        url: `https://${ctx.region}.console.aws.amazon.com/codesuite/settings/connections/redirect?connectionArn=${connection}&referenceType=COMMIT&FullRepositoryId=${repository}&Commit=${commit}`,
        createdMs: ctx.kernel.now(),
      },
    };
  },
};
