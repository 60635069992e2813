import type { AddTagsInput, AddTagsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { onResources } from '../permissions.ts';
import { readTags } from '../tags.ts';

export const addTags: ActionDefinition<ElbService, AddTagsInput, AddTagsOutput> = {
  ...onResources('AddTags', (input) => input.ResourceArns ?? []),
  run: (service, input) => {
    const tags = readTags(input.Tags);
    for (const existing of (input.ResourceArns ?? []).map((arn) => service.tagsOf(arn)))
      for (const [key, value] of tags) existing.set(key, value);
    return {};
  },
};
