import { camelCase, list, lowerTagList, text } from '../property-values.ts';
import type { ResourceProvider } from '../resource-provider.ts';

export const ecsCluster: ResourceProvider = {
  type: 'AWS::ECS::Cluster',
  properties: [
    'CapacityProviders',
    'ClusterName',
    'ClusterSettings',
    'Configuration',
    'DefaultCapacityProviderStrategy',
    'ServiceConnectDefaults',
    'Tags',
  ],
  attributes: ['Arn'],
  replacedBy: ['ClusterName'],
  create: async (context, properties) => {
    const { cluster } = await context.call<{ cluster: { clusterArn: string; clusterName: string } }>(
      'ecs',
      'CreateCluster',
      {
        clusterName: text(properties, 'ClusterName') ?? context.name({ maxLength: 255 }),
        settings: camelCase(list(properties, 'ClusterSettings')),
        ...(properties.Configuration ? { configuration: camelCase(properties.Configuration) } : {}),
        ...(properties.CapacityProviders ? { capacityProviders: properties.CapacityProviders } : {}),
        ...(properties.DefaultCapacityProviderStrategy
          ? { defaultCapacityProviderStrategy: camelCase(properties.DefaultCapacityProviderStrategy) }
          : {}),
        ...(properties.ServiceConnectDefaults
          ? { serviceConnectDefaults: camelCase(properties.ServiceConnectDefaults) }
          : {}),
        tags: lowerTagList(properties),
      },
    );
    return { physicalId: cluster.clusterName, attributes: { Arn: cluster.clusterArn } };
  },
  update: async (context, { before, properties, changed }) => {
    if (changed.has('ClusterSettings') || changed.has('Configuration') || changed.has('ServiceConnectDefaults'))
      await context.call('ecs', 'UpdateCluster', {
        cluster: before.physicalId,
        settings: camelCase(list(properties, 'ClusterSettings')),
        ...(properties.Configuration ? { configuration: camelCase(properties.Configuration) } : {}),
        ...(properties.ServiceConnectDefaults
          ? { serviceConnectDefaults: camelCase(properties.ServiceConnectDefaults) }
          : {}),
      });
    return before;
  },
  delete: async (context, existing) => {
    await context.call('ecs', 'DeleteCluster', { cluster: existing.physicalId });
  },
};
