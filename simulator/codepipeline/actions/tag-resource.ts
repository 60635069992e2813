import type { TagResourceInput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';

export const tagResource: ActionDefinition<CodePipelineService, TagResourceInput, object> = {
  permissions: (_service, input) => [{ action: 'codepipeline:TagResource', resource: input.resourceArn ?? '*' }],
  run: (service, input) => {
    const pipeline = service.pipelineOfArn(input.resourceArn);
    for (const { key = '', value = '' } of input.tags ?? []) pipeline.tags.set(key, value);
    return {};
  },
};
