import type { ListContainerInstancesRequest, ListContainerInstancesResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { subjectsOf } from '../instance-subjects.ts';
import { page } from '../pagination.ts';
import { onCluster } from '../permissions.ts';
import { matchesExpression } from '../placement-expression.ts';

export const listContainerInstances: ActionDefinition<
  EcsService,
  ListContainerInstancesRequest,
  ListContainerInstancesResponse
> = {
  permissions: (ecs, { cluster }) => onCluster(ecs, 'ListContainerInstances', cluster),
  run: (ecs, input) => {
    const arns = [...ecs.clusterOf(input.cluster).instances.values()]
      .filter(
        (instance) =>
          (!input.status || instance.status === input.status) &&
          (!input.filter || matchesExpression(input.filter, subjectsOf(instance))),
      )
      .map(({ arn }) => arn);
    const { items, nextToken } = page(arns, input);
    return { containerInstanceArns: [...items], nextToken };
  },
};
