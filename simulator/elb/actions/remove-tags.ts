import type { RemoveTagsInput, RemoveTagsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { onResources } from '../permissions.ts';

export const removeTags: ActionDefinition<ElbService, RemoveTagsInput, RemoveTagsOutput> = {
  ...onResources('RemoveTags', (input) => input.ResourceArns ?? []),
  run: (service, input) => {
    for (const existing of (input.ResourceArns ?? []).map((arn) => service.tagsOf(arn)))
      for (const key of input.TagKeys ?? []) existing.delete(key);
    return {};
  },
};
