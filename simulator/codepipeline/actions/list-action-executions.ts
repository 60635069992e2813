import type { ListActionExecutionsInput, ListActionExecutionsOutput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import type { ActionRun, Pipeline } from '../model.ts';
import { page } from '../page.ts';
import { actionDetail } from '../views.ts';
import { onPipeline } from './on-pipeline.ts';

/** Newest first. */
export const listActionExecutions: ActionDefinition<
  CodePipelineService,
  ListActionExecutionsInput,
  ListActionExecutionsOutput
> = {
  ...onPipeline('ListActionExecutions'),
  run: (service, input) => {
    const runs = selected(service, service.pipeline(input.pipelineName), input).toReversed();
    const { items, nextToken } = page(runs, input.maxResults, input.nextToken);
    return { actionExecutionDetails: items.map((run) => actionDetail(run, service.ctx.region)), nextToken };
  },
};

const selected = (
  service: CodePipelineService,
  pipeline: Pipeline,
  { filter }: ListActionExecutionsInput,
): readonly ActionRun[] => {
  const latest = filter?.latestInPipelineExecution;
  const id = latest?.pipelineExecutionId ?? filter?.pipelineExecutionId;
  if (id === undefined) return pipeline.actionRuns;
  const execution = service.execution(pipeline, id);
  const runs = pipeline.actionRuns.filter((run) => run.execution === execution);
  // The newest run of each action, which leaves out those that were tried again.
  return latest
    ? runs.filter((run) => execution.stages.get(run.stage.declaration.name)?.actions.get(run.declaration.name) === run)
    : runs;
};
