import type { RemoveTagsFromResourceRequest } from '@aws-sdk/client-ssm';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SsmService } from '../ssm-service.ts';
import { taggedParameter } from './tagged-parameter.ts';

export const removeTagsFromResource: ActionDefinition<SsmService, RemoveTagsFromResourceRequest, void> = {
  partly: 'other resources than parameters',
  permissions: (service, input) => service.onParameters('RemoveTagsFromResource', [input.ResourceId]),
  run: (service, input) => {
    const { tags } = taggedParameter(service, input);
    for (const key of input.TagKeys ?? []) tags.delete(key);
  },
};
