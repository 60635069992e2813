import type { DisableStageTransitionInput } from '@aws-sdk/client-codepipeline';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { laneOf } from '../engine.ts';
import { codePipelineErrors } from '../errors.ts';
import { onPipeline } from './on-pipeline.ts';

/** What is in the stage goes on; what would enter it waits. */
export const disableStageTransition: ActionDefinition<CodePipelineService, DisableStageTransitionInput, object> = {
  ...onPipeline('DisableStageTransition'),
  partly: 'outbound transitions',
  run: (service, input, { caller }) => {
    if (input.transitionType === 'Outbound') throw notModelled('outbound transitions of stages in CodePipeline');
    const pipeline = service.pipeline(input.pipelineName);
    const { reason = '' } = input;
    if (!/^[a-zA-Z0-9!@ ()\x2e*?-]+$/.test(reason) || reason.length > 300)
      throw codePipelineErrors.validation(
        `1 validation error detected: Value '${reason}' at 'reason' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9!@ \\(\\)\\.\\*\\?\\-]+`,
      );
    const lane = laneOf(pipeline, service.stage(pipeline, input.stageName).name);
    lane.transition = {
      enabled: false,
      reason,
      changedBy: service.whoIs(caller),
      changedMs: service.ctx.kernel.now(),
    };
    return {};
  },
};
