import type { ListPipelineExecutionsInput, ListPipelineExecutionsOutput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { page } from '../page.ts';
import { executionSummary } from '../views.ts';
import { onPipeline } from './on-pipeline.ts';

/** Newest first. */
export const listPipelineExecutions: ActionDefinition<
  CodePipelineService,
  ListPipelineExecutionsInput,
  ListPipelineExecutionsOutput
> = {
  ...onPipeline('ListPipelineExecutions'),
  run: (service, input) => {
    const pipeline = service.pipeline(input.pipelineName);
    const stage = input.filter?.succeededInStage?.stageName;
    const found = pipeline.executions.filter(
      ({ stages }) => stage === undefined || stages.get(stage)?.status === 'Succeeded',
    );
    const { items, nextToken } = page(found.toReversed(), input.maxResults, input.nextToken);
    return { pipelineExecutionSummaries: items.map(executionSummary), nextToken };
  },
};
