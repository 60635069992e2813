import type { GetPipelineExecutionInput, GetPipelineExecutionOutput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { executionView } from '../views.ts';
import { onPipeline } from './on-pipeline.ts';

export const getPipelineExecution: ActionDefinition<
  CodePipelineService,
  GetPipelineExecutionInput,
  GetPipelineExecutionOutput
> = {
  ...onPipeline('GetPipelineExecution'),
  run: (service, input) => ({
    pipelineExecution: executionView(
      service.execution(service.pipeline(input.pipelineName), input.pipelineExecutionId),
    ),
  }),
};
