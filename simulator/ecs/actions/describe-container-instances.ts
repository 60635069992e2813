import type { DescribeContainerInstancesRequest, DescribeContainerInstancesResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { lastPart } from '../arns.ts';
import type { EcsService } from '../ecs-service.ts';
import { onInstances } from '../permissions.ts';
import { instanceView } from '../views.ts';

export const describeContainerInstances: ActionDefinition<
  EcsService,
  DescribeContainerInstancesRequest,
  DescribeContainerInstancesResponse
> = {
  permissions: (ecs, { cluster, containerInstances = [] }) =>
    onInstances(ecs, 'DescribeContainerInstances', cluster, containerInstances),
  run: (ecs, input) => {
    const cluster = ecs.clusterOf(input.cluster);
    const references = input.containerInstances ?? [];
    if (references.length === 0) {
      throw new AwsError('InvalidParameterException', 'Container instances cannot be empty.');
    }
    if (references.length > 100) {
      throw new AwsError('InvalidParameterException', 'Container instances cannot have more than 100 elements.');
    }
    const answer: DescribeContainerInstancesResponse = { containerInstances: [], failures: [] };
    for (const reference of references) {
      const instance = ecs.findInstance(cluster, reference);
      const view = instance && ecs.staleness.read(instance.arn, () => instanceView(instance, input.include ?? []));
      if (view) answer.containerInstances?.push(view);
      else answer.failures?.push({ arn: ecs.arns.instance(cluster.name, lastPart(reference)), reason: 'MISSING' });
    }
    return answer;
  },
};
