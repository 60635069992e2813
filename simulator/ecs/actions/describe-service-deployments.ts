import type { DescribeServiceDeploymentsRequest, DescribeServiceDeploymentsResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
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
  run: (ecs, { serviceDeploymentArns }) => {
    if ((serviceDeploymentArns?.length ?? 0) > 20) {
      throw new AwsError('InvalidParameterException', 'serviceDeploymentArns cannot have more than 20 elements.');
    }
    const answer: DescribeServiceDeploymentsResponse = { serviceDeployments: [], failures: [] };
    for (const arn of serviceDeploymentArns ?? []) {
      const deployment = findServiceDeployment(ecs, arn);
      if (deployment) answer.serviceDeployments?.push(serviceDeploymentView(ecs.arns, deployment));
      else answer.failures?.push({ arn, reason: 'MISSING' });
    }
    return answer;
  },
};
