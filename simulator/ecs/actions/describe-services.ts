import type { DescribeServicesRequest, DescribeServicesResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { lastPart } from '../arns.ts';
import type { EcsService } from '../ecs-service.ts';
import { onServices } from '../permissions.ts';
import { serviceView } from '../views.ts';

export const describeServices: ActionDefinition<EcsService, DescribeServicesRequest, DescribeServicesResponse> = {
  permissions: (ecs, { cluster, services = [] }) => onServices(ecs, 'DescribeServices', cluster, services),
  run: (ecs, input) => {
    const cluster = ecs.clusterOf(input.cluster);
    const references = input.services ?? [];
    if (references.length === 0) throw new AwsError('InvalidParameterException', 'Services cannot be empty.');
    if (references.length > 10) {
      throw new AwsError('InvalidParameterException', 'Services cannot have more than 10 elements.');
    }
    const answer: DescribeServicesResponse = { services: [], failures: [] };
    for (const reference of references) {
      const service = cluster.services.get(lastPart(reference));
      const view =
        service && ecs.staleness.read(service.arn, () => serviceView(ecs.arns, service, input.include ?? []));
      if (view) answer.services?.push(view);
      else answer.failures?.push({ arn: ecs.arns.service(cluster.name, lastPart(reference)), reason: 'MISSING' });
    }
    return answer;
  },
};
