import type { Trigger } from './state.ts';

/** What an execution of a pipeline was given by one of its sources: a commit, an image, a version of a file. */
export interface Revision {
  readonly artifact: string;
  readonly id: string;
  readonly summary?: string;
  readonly url?: string;
}

/** An execution of a pipeline; `missing` where CodePipeline does not know it. */
export type PipelineRun =
  | { readonly kind: 'found'; readonly revisions: readonly Revision[] }
  | { readonly kind: 'missing'; readonly reason: string };

/** Id of the pipeline's execution that a start says it comes from. */
export const pipelineExecutionOf = ({ kind, executionId }: Trigger): string | undefined =>
  kind === 'pipeline' && typeof executionId === 'string' && executionId !== '' ? executionId : undefined;

/** Git's own name of a commit, by SHA-1 or SHA-256. */
const isCommit = (id: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id);

/**
 * The trigger as records and events have it: with the pipeline, what its execution was given, and the commit among that.
 * An execution that is not known is said to be so; a release does not fail for its story.
 */
export const linkPipeline = (trigger: Trigger, pipeline: string, run: PipelineRun): Trigger => {
  if (run.kind === 'missing') return { ...trigger, pipeline, unlinked: run.reason };
  const commit = run.revisions.find(({ id }) => isCommit(id));
  return { ...trigger, pipeline, revisions: run.revisions, ...(commit && { commit: commit.id }) };
};
