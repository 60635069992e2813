import type { RetryStageExecutionInput, RetryStageExecutionOutput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { onPipeline } from './on-pipeline.ts';

export const retryStageExecution: ActionDefinition<
  CodePipelineService,
  RetryStageExecutionInput,
  RetryStageExecutionOutput
> = {
  ...onPipeline('RetryStageExecution'),
  run: (service, input) => {
    const pipeline = service.pipeline(input.pipelineName);
    const stage = service.stage(pipeline, input.stageName);
    const execution = service.execution(pipeline, input.pipelineExecutionId);
    service.engine.retry(execution, stage.name, input.retryMode ?? 'FAILED_ACTIONS');
    return { pipelineExecutionId: execution.id };
  },
};
