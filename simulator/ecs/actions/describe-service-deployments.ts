import type { DescribeServiceDeploymentsRequest, DescribeServiceDeploymentsResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { findServiceDeployment } from '../history.ts';
import { serviceDeploymentView } from '../views.ts';

export const describeServiceDeployments: ActionDefinition<
  EcsService,
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse
> = {
  permissions: (_ecs, { serviceDeploymentArns = [] }) =>
    serviceDeploymentArns.map((resource) => ({ action: 'ecs:DescribeServiceDeployments', resource })),
  run: (ecs, input) => {
    const answer: DescribeServiceDeploymentsResponse = { serviceDeployments: [], failures: [] };
    for (const arn of input.serviceDeploymentArns ?? []) {
      const deployment = findServiceDeployment(ecs, arn);
      if (deployment) answer.serviceDeployments?.push(serviceDeploymentView(ecs.arns, deployment));
      else answer.failures?.push({ arn, reason: 'MISSING' });
    }
    return answer;
  },
};
