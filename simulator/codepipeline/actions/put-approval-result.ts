import type { PutApprovalResultInput, PutApprovalResultOutput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { codePipelineErrors } from '../errors.ts';
import { onPipeline } from './on-pipeline.ts';

export const putApprovalResult: ActionDefinition<CodePipelineService, PutApprovalResultInput, PutApprovalResultOutput> =
  {
    ...onPipeline('PutApprovalResult'),
    run: (service, input, { caller }) => {
      const pipeline = service.pipeline(input.pipelineName);
      const stage = service.stage(pipeline, input.stageName);
      const { actionName = '', token = '', result } = input;
      if (!stage.actions.some(({ name }) => name === actionName))
        throw codePipelineErrors.noAction(stage.name, actionName);
      const run = pipeline.actionRuns.findLast(
        (candidate) =>
          candidate.token === token &&
          candidate.declaration.name === actionName &&
          candidate.stage.declaration.name === stage.name,
      );
      if (!run) throw codePipelineErrors.invalidApprovalToken();
      if (run.status !== 'InProgress') throw codePipelineErrors.approvalCompleted();
      service.engine.answer(token, {
        approved: result?.status === 'Approved',
        summary: result?.summary ?? '',
        by: service.whoIs(caller),
      });
      return { approvedAt: new Date(service.ctx.kernel.now()) };
    },
  };
