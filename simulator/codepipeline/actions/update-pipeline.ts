import type { UpdatePipelineInput, UpdatePipelineOutput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { checkedDeclaration } from '../declaration.ts';
import { declarationView } from '../views.ts';
import { onPipeline, passRole } from './on-pipeline.ts';

/** Each update is the pipeline's next version, whatever version the request says; executions go on as they began. */
export const updatePipeline: ActionDefinition<CodePipelineService, UpdatePipelineInput, UpdatePipelineOutput> = {
  partly: 'the same as of `CreatePipeline`',
  permissions: (service, input) => [
    ...onPipeline('UpdatePipeline').permissions(service, { name: input.pipeline?.name }),
    ...passRole(input.pipeline?.roleArn),
  ],
  run: (service, input) => {
    const given = service.given(input.pipeline);
    const pipeline = service.pipeline(given.name);
    const declaration = checkedDeclaration(given, pipeline.declaration.version + 1, service.ctx.region);
    pipeline.declaration = declaration;
    pipeline.versions.set(declaration.version, declaration);
    pipeline.updatedMs = service.ctx.kernel.now();
    return { pipeline: declarationView(declaration) };
  },
};
