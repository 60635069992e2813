import { lastPart } from './arns.ts';
import type { EcsService } from './ecs-service.ts';
import type { DeploymentRecord } from './model.ts';

/** Service deployments and revisions are kept with their service (DG:service-deployment). */

export const findServiceDeployment = (ecs: EcsService, arn: string): DeploymentRecord | undefined =>
  find(ecs, arn, 'service-deployment', (deployment) => deployment.serviceDeploymentId);

export const findServiceRevision = (ecs: EcsService, arn: string): DeploymentRecord | undefined =>
  find(ecs, arn, 'service-revision', (deployment) => deployment.serviceRevisionId);

const find = (
  ecs: EcsService,
  arn: string,
  kind: string,
  idOf: (deployment: DeploymentRecord) => string,
): DeploymentRecord | undefined => {
  const [, clusterName = '', serviceName = ''] = arn.split(`:${kind}/`).join('/').split('/');
  const service = ecs.clusters.get(clusterName)?.services.get(serviceName);
  return service?.history.find((deployment) => idOf(deployment) === lastPart(arn));
};
