import type { ListPipelinesInput, ListPipelinesOutput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { page } from '../page.ts';

export const listPipelines: ActionDefinition<CodePipelineService, ListPipelinesInput, ListPipelinesOutput> = {
  run: (service, input) => {
    const pipelines = [...service.pipelines.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { items, nextToken } = page(pipelines, input.maxResults ?? 1000, input.nextToken);
    return {
      pipelines: items.map(({ name, declaration, createdMs, updatedMs }) => ({
        name,
        version: declaration.version,
        pipelineType: declaration.pipelineType,
        executionMode: declaration.executionMode,
        created: new Date(createdMs),
        updated: new Date(updatedMs),
      })),
      nextToken,
    };
  },
};
