import type { GetPipelineStateInput, GetPipelineStateOutput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { stageStates } from '../views.ts';
import { onPipeline } from './on-pipeline.ts';

export const getPipelineState: ActionDefinition<CodePipelineService, GetPipelineStateInput, GetPipelineStateOutput> = {
  ...onPipeline('GetPipelineState'),
  run: (service, input) => {
    const pipeline = service.pipeline(input.name);
    return {
      pipelineName: pipeline.name,
      pipelineVersion: pipeline.declaration.version,
      stageStates: stageStates(pipeline),
      created: new Date(pipeline.createdMs),
      updated: new Date(pipeline.updatedMs),
    };
  },
};
