import type { TagResourceRequest, TagResourceResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { taggedResource } from '../tags.ts';

export const tagResource: ActionDefinition<EcsService, TagResourceRequest, TagResourceResponse> = {
  permissions: (_ecs, { resourceArn }) => [{ action: 'ecs:TagResource', resource: resourceArn ?? '*' }],
  run: (ecs, { resourceArn, tags = [] }) => {
    const record = taggedResource(ecs, resourceArn);
    record.tags = [...record.tags.filter(({ key }) => !tags.some((tag) => tag.key === key)), ...structuredClone(tags)];
    return {};
  },
};
