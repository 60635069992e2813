import type { ListServiceDeploymentsRequest, ListServiceDeploymentsResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { page } from '../pagination.ts';
import { onServices } from '../permissions.ts';
import { serviceDeploymentView } from '../views.ts';

export const listServiceDeployments: ActionDefinition<
  EcsService,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse
> = {
  permissions: (ecs, { cluster, service }) => onServices(ecs, 'ListServiceDeployments', cluster, [service]),
  run: (ecs, input) => {
    const service = ecs.serviceOf(ecs.clusterOf(input.cluster), input.service);
    const { items, nextToken } = page(
      service.history.filter(
        ({ deploymentStatus, createdAtMs }) =>
          (!input.status?.length || input.status.includes(deploymentStatus)) &&
          createdAtMs < (input.createdAt?.before?.getTime() ?? Number.POSITIVE_INFINITY) &&
          createdAtMs > (input.createdAt?.after?.getTime() ?? Number.NEGATIVE_INFINITY),
      ),
      input,
    );
    return {
      serviceDeployments: items.map((deployment) => {
        const view = serviceDeploymentView(ecs.arns, deployment);
        return {
          serviceDeploymentArn: view.serviceDeploymentArn,
          serviceArn: view.serviceArn,
          clusterArn: view.clusterArn,
          startedAt: view.startedAt,
          createdAt: view.createdAt,
          finishedAt: view.finishedAt,
          targetServiceRevisionArn: view.targetServiceRevision?.arn,
          status: view.status,
          statusReason: view.statusReason,
        };
      }),
      nextToken,
    };
  },
};
