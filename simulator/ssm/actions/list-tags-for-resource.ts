import type { ListTagsForResourceRequest, ListTagsForResourceResult } from '@aws-sdk/client-ssm';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SsmService } from '../ssm-service.ts';
import { taggedParameter } from './tagged-parameter.ts';

export const listTagsForResource: ActionDefinition<SsmService, ListTagsForResourceRequest, ListTagsForResourceResult> =
  {
    partly: 'other resources than parameters',
    permissions: (service, input) => service.onParameters('ListTagsForResource', [input.ResourceId]),
    run: (service, input) => ({
      TagList: [...taggedParameter(service, input).tags].map(([Key, Value]) => ({ Key, Value })),
    }),
  };
