import type { GetPipelineInput, GetPipelineOutput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { codePipelineErrors } from '../errors.ts';
import { declarationView } from '../views.ts';
import { onPipeline } from './on-pipeline.ts';

export const getPipeline: ActionDefinition<CodePipelineService, GetPipelineInput, GetPipelineOutput> = {
  ...onPipeline('GetPipeline'),
  run: (service, input) => {
    const pipeline = service.pipeline(input.name);
    const declaration = input.version === undefined ? pipeline.declaration : pipeline.versions.get(input.version);
    if (!declaration) throw codePipelineErrors.noVersion(pipeline.name, input.version ?? 0);
    return {
      pipeline: declarationView(declaration),
      metadata: {
        pipelineArn: pipeline.arn,
        created: new Date(pipeline.createdMs),
        updated: new Date(pipeline.updatedMs),
      },
    };
  },
};
