import type { StopServiceDeploymentRequest, StopServiceDeploymentResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { findServiceDeployment } from '../history.ts';

/** Rolls back, even where no rollback is configured (DG:stop-service-deployment). */
export const stopServiceDeployment: ActionDefinition<
  EcsService,
  StopServiceDeploymentRequest,
  StopServiceDeploymentResponse
> = {
  permissions: (_ecs, { serviceDeploymentArn }) => [
    { action: 'ecs:StopServiceDeployment', resource: serviceDeploymentArn ?? '*' },
  ],
  run: (ecs, { serviceDeploymentArn, stopType = 'ROLLBACK' }) => {
    const deployment = findServiceDeployment(ecs, serviceDeploymentArn ?? '');
    if (!deployment) {
      throw new AwsError('ServiceDeploymentNotFoundException', 'The specified service deployment was not found.');
    }
    if (stopType !== 'ROLLBACK') throw new AwsError('InvalidParameterException', 'The stop type must be ROLLBACK.');
    // Being rolled back already is what was asked for.
    if (deployment.deploymentStatus.startsWith('ROLLBACK_') && deployment.finishedAtMs === undefined) {
      return { serviceDeploymentArn };
    }
    const stoppable =
      deployment === deployment.service.deployments[0] &&
      ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED'].includes(deployment.deploymentStatus);
    if (!stoppable || !ecs.scheduler.rollBack(deployment.service, 'Service deployment was stopped by a user.')) {
      throw new AwsError('ConflictException', 'The service deployment cannot be stopped in its current state.');
    }
    return { serviceDeploymentArn };
  },
};
