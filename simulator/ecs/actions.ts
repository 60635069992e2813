import type { ActionDefinition } from '../cloud/service.ts';
import { createCluster } from './actions/create-cluster.ts';
import { createService } from './actions/create-service.ts';
import { deleteCluster } from './actions/delete-cluster.ts';
import { deleteService } from './actions/delete-service.ts';
import { deregisterContainerInstance } from './actions/deregister-container-instance.ts';
import { deregisterTaskDefinition } from './actions/deregister-task-definition.ts';
import { describeClusters } from './actions/describe-clusters.ts';
import { describeContainerInstances } from './actions/describe-container-instances.ts';
import { describeServiceDeployments } from './actions/describe-service-deployments.ts';
import { describeServiceRevisions } from './actions/describe-service-revisions.ts';
import { describeServices } from './actions/describe-services.ts';
import { describeTaskDefinition } from './actions/describe-task-definition.ts';
import { describeTasks } from './actions/describe-tasks.ts';
import { getTaskProtection } from './actions/get-task-protection.ts';
import { listClusters } from './actions/list-clusters.ts';
import { listContainerInstances } from './actions/list-container-instances.ts';
import { listServiceDeployments } from './actions/list-service-deployments.ts';
import { listServices } from './actions/list-services.ts';
import { listTagsForResource } from './actions/list-tags-for-resource.ts';
import { listTaskDefinitionFamilies } from './actions/list-task-definition-families.ts';
import { listTaskDefinitions } from './actions/list-task-definitions.ts';
import { listTasks } from './actions/list-tasks.ts';
import { putClusterCapacityProviders } from './actions/put-cluster-capacity-providers.ts';
import { registerTaskDefinition } from './actions/register-task-definition.ts';
import { runTask } from './actions/run-task.ts';
import { stopServiceDeployment } from './actions/stop-service-deployment.ts';
import { stopTask } from './actions/stop-task.ts';
import { tagResource } from './actions/tag-resource.ts';
import { untagResource } from './actions/untag-resource.ts';
import { updateCluster } from './actions/update-cluster.ts';
import { updateClusterSettings } from './actions/update-cluster-settings.ts';
import { updateContainerInstancesState } from './actions/update-container-instances-state.ts';
import { updateService } from './actions/update-service.ts';
import { updateTaskProtection } from './actions/update-task-protection.ts';
import type { EcsService } from './ecs-service.ts';
import type { ThrottleCategory } from './throttle.ts';

export interface EcsAction {
  /** The token bucket that a call takes from. */
  readonly category: ThrottleCategory;
  // biome-ignore lint/suspicious/noExplicitAny: the input type differs per action, see SimulatedService
  readonly definition: ActionDefinition<EcsService, any, any>;
}

/** Every action of the API that the simulator models. */
export const ecsActions: Readonly<Record<string, EcsAction>> = {
  CreateCluster: { category: 'cluster-modify', definition: createCluster },
  DeleteCluster: { category: 'cluster-modify', definition: deleteCluster },
  UpdateCluster: { category: 'cluster-modify', definition: updateCluster },
  UpdateClusterSettings: { category: 'cluster-modify', definition: updateClusterSettings },
  PutClusterCapacityProviders: { category: 'cluster-modify', definition: putClusterCapacityProviders },
  DescribeClusters: { category: 'cluster-read', definition: describeClusters },
  ListClusters: { category: 'cluster-read', definition: listClusters },
  RegisterTaskDefinition: { category: 'task-definition-modify', definition: registerTaskDefinition },
  DeregisterTaskDefinition: { category: 'task-definition-modify', definition: deregisterTaskDefinition },
  DescribeTaskDefinition: { category: 'task-definition-read', definition: describeTaskDefinition },
  ListTaskDefinitions: { category: 'task-definition-read', definition: listTaskDefinitions },
  ListTaskDefinitionFamilies: { category: 'task-definition-read', definition: listTaskDefinitionFamilies },
  CreateService: { category: 'service-modify', definition: createService },
  UpdateService: { category: 'service-modify', definition: updateService },
  DeleteService: { category: 'service-modify', definition: deleteService },
  DescribeServices: { category: 'service-read', definition: describeServices },
  ListServices: { category: 'service-read', definition: listServices },
  RunTask: { category: 'cluster-resource-modify', definition: runTask },
  StopTask: { category: 'cluster-resource-modify', definition: stopTask },
  DescribeTasks: { category: 'cluster-resource-read', definition: describeTasks },
  ListTasks: { category: 'cluster-resource-read', definition: listTasks },
  ListContainerInstances: { category: 'cluster-resource-read', definition: listContainerInstances },
  DescribeContainerInstances: { category: 'cluster-resource-read', definition: describeContainerInstances },
  UpdateContainerInstancesState: { category: 'cluster-resource-modify', definition: updateContainerInstancesState },
  DeregisterContainerInstance: { category: 'cluster-resource-modify', definition: deregisterContainerInstance },
  DescribeServiceDeployments: { category: 'service-deployment', definition: describeServiceDeployments },
  ListServiceDeployments: { category: 'service-deployment', definition: listServiceDeployments },
  StopServiceDeployment: { category: 'service-deployment', definition: stopServiceDeployment },
  DescribeServiceRevisions: { category: 'service-revision', definition: describeServiceRevisions },
  UpdateTaskProtection: { category: 'task-protection', definition: updateTaskProtection },
  GetTaskProtection: { category: 'task-protection', definition: getTaskProtection },
  TagResource: { category: 'tags-modify', definition: tagResource },
  UntagResource: { category: 'tags-modify', definition: untagResource },
  ListTagsForResource: { category: 'tags-read', definition: listTagsForResource },
};
