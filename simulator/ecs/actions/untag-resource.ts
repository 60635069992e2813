import type { UntagResourceRequest, UntagResourceResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { taggedResource } from '../tags.ts';

export const untagResource: ActionDefinition<EcsService, UntagResourceRequest, UntagResourceResponse> = {
  permissions: (_ecs, { resourceArn }) => [{ action: 'ecs:UntagResource', resource: resourceArn ?? '*' }],
  run: (ecs, { resourceArn, tagKeys = [] }) => {
    const record = taggedResource(ecs, resourceArn);
    record.tags = record.tags.filter(({ key }) => !tagKeys.includes(key ?? ''));
    return {};
  },
};
