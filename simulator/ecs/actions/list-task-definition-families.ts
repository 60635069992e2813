import type { ListTaskDefinitionFamiliesRequest, ListTaskDefinitionFamiliesResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { page } from '../pagination.ts';

export const listTaskDefinitionFamilies: ActionDefinition<
  EcsService,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse
> = {
  run: (ecs, input) => {
    const { familyPrefix = '', status = 'ACTIVE' } = input;
    const families = [...ecs.families]
      .filter(([family, revisions]) => {
        if (!family.startsWith(familyPrefix)) return false;
        const active = revisions.some((record) => record.status === 'ACTIVE');
        return status === 'ALL' || active === (status === 'ACTIVE');
      })
      .map(([family]) => family)
      .toSorted();
    const { items, nextToken } = page(families, input);
    return { families: [...items], nextToken };
  },
};
