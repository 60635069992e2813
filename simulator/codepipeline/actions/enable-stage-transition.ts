import type { EnableStageTransitionInput } from '@aws-sdk/client-codepipeline';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { laneOf } from '../engine.ts';
import { onPipeline } from './on-pipeline.ts';

/** Lets in what has waited. */
export const enableStageTransition: ActionDefinition<CodePipelineService, EnableStageTransitionInput, object> = {
  ...onPipeline('EnableStageTransition'),
  partly: 'outbound transitions',
  run: (service, input, { caller }) => {
    if (input.transitionType === 'Outbound') throw notModelled('outbound transitions of stages in CodePipeline');
    const pipeline = service.pipeline(input.pipelineName);
    const lane = laneOf(pipeline, service.stage(pipeline, input.stageName).name);
    lane.transition = { enabled: true, changedBy: service.whoIs(caller), changedMs: service.ctx.kernel.now() };
    service.engine.admit(lane);
    return {};
  },
};
