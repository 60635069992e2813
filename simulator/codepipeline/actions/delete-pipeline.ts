import type { DeletePipelineInput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { onPipeline } from './on-pipeline.ts';

/** A pipeline that is not there counts as deleted: the model has no error for it. */
export const deletePipeline: ActionDefinition<CodePipelineService, DeletePipelineInput, object> = {
  ...onPipeline('DeletePipeline'),
  run: (service, input) => {
    service.remove(input.name ?? '');
    return {};
  },
};
