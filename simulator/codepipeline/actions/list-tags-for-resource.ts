import type { ListTagsForResourceInput, ListTagsForResourceOutput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { page } from '../page.ts';

export const listTagsForResource: ActionDefinition<
  CodePipelineService,
  ListTagsForResourceInput,
  ListTagsForResourceOutput
> = {
  permissions: (_service, input) => [
    { action: 'codepipeline:ListTagsForResource', resource: input.resourceArn ?? '*' },
  ],
  run: (service, input) => {
    const tags = [...service.pipelineOfArn(input.resourceArn).tags].map(([key, value]) => ({ key, value }));
    const { items, nextToken } = page(tags, input.maxResults, input.nextToken);
    return { tags: [...items], nextToken };
  },
};
