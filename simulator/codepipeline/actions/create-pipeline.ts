import type { CreatePipelineInput, CreatePipelineOutput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { checkedDeclaration } from '../declaration.ts';
import { codePipelineErrors } from '../errors.ts';
import type { Pipeline } from '../model.ts';
import { declarationView } from '../views.ts';
import { onPipeline, passRole } from './on-pipeline.ts';

/** Creates a pipeline, which then runs for the first time. */
export const createPipeline: ActionDefinition<CodePipelineService, CreatePipelineInput, CreatePipelineOutput> = {
  partly:
    'action types other than `Source/AWS/ECR/1`, `Source/AWS/S3/1`, `Source/AWS/CodeStarSourceConnection/1`, `Approval/AWS/Manual/1` and `Invoke/AWS/StepFunctions/1`; triggers with filters, conditions of stages, actions in other Regions; the bucket of an artifact store is not looked at',
  permissions: (service, input) => [
    ...onPipeline('CreatePipeline').permissions(service, { name: input.pipeline?.name }),
    ...passRole(input.pipeline?.roleArn),
  ],
  run: (service, input, { caller }) => {
    const declaration = checkedDeclaration(service.given(input.pipeline), 1, service.ctx.region);
    const { name } = declaration;
    if (service.pipelines.has(name)) throw codePipelineErrors.nameInUse(name);
    const nowMs = service.ctx.kernel.now();
    const pipeline: Pipeline = {
      name,
      arn: service.arnOf(name),
      createdMs: nowMs,
      updatedMs: nowMs,
      declaration,
      versions: new Map([[1, declaration]]),
      tags: new Map((input.tags ?? []).map(({ key = '', value = '' }) => [key, value])),
      lanes: new Map(),
      executions: [],
      actionRuns: [],
    };
    service.pipelines.set(name, pipeline);
    service.start(pipeline, {
      trigger: { triggerType: 'CreatePipeline', triggerDetail: service.whoIs(caller) },
    });
    return { pipeline: declarationView(declaration), tags: structuredClone(input.tags ?? []) };
  },
};
