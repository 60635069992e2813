import type { UntagResourceInput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';

export const untagResource: ActionDefinition<CodePipelineService, UntagResourceInput, object> = {
  permissions: (_service, input) => [{ action: 'codepipeline:UntagResource', resource: input.resourceArn ?? '*' }],
  run: (service, input) => {
    const pipeline = service.pipelineOfArn(input.resourceArn);
    for (const key of input.tagKeys ?? []) pipeline.tags.delete(key);
    return {};
  },
};
