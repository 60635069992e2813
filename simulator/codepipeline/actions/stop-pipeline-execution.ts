import type { StopPipelineExecutionInput, StopPipelineExecutionOutput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { onPipeline } from './on-pipeline.ts';

/** Lets the actions in progress end, or abandons them; what they have started elsewhere goes on either way. */
export const stopPipelineExecution: ActionDefinition<
  CodePipelineService,
  StopPipelineExecutionInput,
  StopPipelineExecutionOutput
> = {
  ...onPipeline('StopPipelineExecution'),
  run: (service, input) => {
    const execution = service.execution(service.pipeline(input.pipelineName), input.pipelineExecutionId);
    service.engine.stop(execution, input.abandon ?? false, input.reason);
    return { pipelineExecutionId: execution.id };
  },
};
