import type { Permission } from '../cloud/service.ts';
import { lastPart } from './arns.ts';
import type { EcsService } from './ecs-service.ts';

/** What IAM is asked, as the service authorization reference of ECS names actions, resources and condition keys. */

export const onCluster = (ecs: EcsService, action: string, cluster: string | undefined): readonly Permission[] => [
  { action: `ecs:${action}`, resource: ecs.arns.cluster(lastPart(cluster ?? 'default')) },
];

/** The condition key that scopes most actions to a cluster. */
export const clusterKey = (ecs: EcsService, cluster: string | undefined): Readonly<Record<string, string>> => ({
  'ecs:cluster': ecs.arns.cluster(lastPart(cluster ?? 'default')),
});

export const onServices = (
  ecs: EcsService,
  action: string,
  cluster: string | undefined,
  services: readonly (string | undefined)[],
): readonly Permission[] =>
  services.map((service) => ({
    action: `ecs:${action}`,
    resource: ecs.arns.service(lastPart(cluster ?? 'default'), lastPart(service ?? '')),
    context: clusterKey(ecs, cluster),
  }));

export const onTasks = (
  ecs: EcsService,
  action: string,
  cluster: string | undefined,
  tasks: readonly (string | undefined)[],
): readonly Permission[] =>
  tasks.map((task) => ({
    action: `ecs:${action}`,
    resource: ecs.arns.task(lastPart(cluster ?? 'default'), lastPart(task ?? '')),
    context: clusterKey(ecs, cluster),
  }));

export const onInstances = (
  ecs: EcsService,
  action: string,
  cluster: string | undefined,
  instances: readonly (string | undefined)[],
): readonly Permission[] =>
  instances.map((instance) => ({
    action: `ecs:${action}`,
    resource: ecs.arns.instance(lastPart(cluster ?? 'default'), lastPart(instance ?? '')),
    context: clusterKey(ecs, cluster),
  }));

/**
 * Roles that tasks will have must be passed to ECS by who names them, be it in a task definition or by one. A user's log
 * shows the denial for an `UpdateService` that names a task definition, and that one without is not asked
 * (https://github.com/keidarcy/e1s/issues/429). AWS's own AWSCodeDeployRoleForECS passes roles for `CreateTaskSet` without
 * registering any task definition; that `CreateService` asks as these do is concluded from them.
 */
export const passRoles = (...roles: readonly (string | undefined)[]): readonly Permission[] =>
  [...new Set(roles.filter((role) => role !== undefined && role !== ''))].map((role) => ({
    action: 'iam:PassRole',
    resource: role as string,
    context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
  }));
