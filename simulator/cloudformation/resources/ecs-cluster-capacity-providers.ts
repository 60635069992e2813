import { camelCase, coercion, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

const coerce = coercion(['base', 'weight'], []);

const put = (context: ResourceContext, cluster: string, properties: Properties): Promise<unknown> =>
  context.call('ecs', 'PutClusterCapacityProviders', {
    cluster,
    capacityProviders: properties.CapacityProviders ?? [],
    defaultCapacityProviderStrategy: camelCase(properties.DefaultCapacityProviderStrategy ?? [], coerce),
  });

/** Which capacity providers a cluster's services may name. */
export const ecsClusterCapacityProviders: ResourceProvider = {
  type: 'AWS::ECS::ClusterCapacityProviderAssociations',
  properties: ['CapacityProviders', 'Cluster', 'DefaultCapacityProviderStrategy'],
  attributes: [],
  replacedBy: ['Cluster'],
  create: async (context, properties) => {
    const cluster = text(properties, 'Cluster') ?? '';
    await put(context, cluster, properties);
    return { physicalId: cluster, attributes: {} };
  },
  update: async (context, { before, properties }) => {
    await put(context, before.physicalId, properties);
    return before;
  },
  delete: async (context, existing) => {
    await put(context, existing.physicalId, {});
  },
};
