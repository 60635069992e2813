import type { AddTagsToResourceRequest } from '@aws-sdk/client-ssm';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SsmService } from '../ssm-service.ts';
import { taggedParameter } from './tagged-parameter.ts';

export const addTagsToResource: ActionDefinition<SsmService, AddTagsToResourceRequest, void> = {
  partly: 'other resources than parameters',
  permissions: (service, input) => service.onParameters('AddTagsToResource', [input.ResourceId]),
  run: (service, input) => {
    const { tags } = taggedParameter(service, input);
    for (const { Key = '', Value = '' } of input.Tags ?? []) tags.set(Key, Value);
  },
};
