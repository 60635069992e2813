import type { ListTaskDefinitionsRequest, ListTaskDefinitionsResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { page } from '../pagination.ts';

export const listTaskDefinitions: ActionDefinition<
  EcsService,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse
> = {
  run: (ecs, input) => {
    const { familyPrefix, status = 'ACTIVE', sort = 'ASC' } = input;
    // `familyPrefix` names one whole family (BC:ecs.ListTaskDefinitionsRequest).
    const arns = [...ecs.families.keys()]
      .filter((family) => familyPrefix === undefined || family === familyPrefix)
      .toSorted()
      .flatMap((family) => ecs.families.get(family) ?? [])
      .filter((record) => record.status === status)
      .map(({ arn }) => arn);
    const { items, nextToken } = page(sort === 'DESC' ? arns.toReversed() : arns, input);
    return { taskDefinitionArns: [...items], nextToken };
  },
};
