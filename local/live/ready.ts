import { type Configuration, capacitiesOf, twinName } from '../../functions/core/configuration.ts';
import type { Cloud } from '../../simulator/cloud/cloud.ts';
import { clusterName } from '../world/cluster.ts';

/** What still keeps the main job from running, in words; an empty list means ready. */
export const whatIsMissing = async (cloud: Cloud, configuration: Configuration): Promise<readonly string[]> => {
  const missing: string[] = [];
  for (const [service, settings] of Object.entries(configuration.services)) {
    for (const capacity of capacitiesOf(settings)) {
      const twin = twinName(service, capacity);
      const { services } = (await cloud.call('ecs', 'DescribeServices', {
        cluster: clusterName(configuration),
        services: [twin],
      })) as {
        services: readonly {
          desiredCount: number;
          runningCount: number;
          taskDefinition: string;
          deployments: readonly { rolloutState?: string }[];
        }[];
      };
      const [found] = services;
      const base = settings[capacity]?.baseTasks ?? 0;
      if (!found) missing.push(`${twin} does not exist yet`);
      else if (found.taskDefinition.includes(`/${twin}-template:`)) missing.push(`${twin} has no release yet`);
      else if (found.desiredCount < base || found.runningCount < found.desiredCount)
        missing.push(`${twin} runs ${found.runningCount} of ${Math.max(base, found.desiredCount)} tasks`);
      else if (found.deployments.some((deployment) => deployment.rolloutState !== 'COMPLETED'))
        missing.push(`${twin} is being deployed`);
    }
  }
  return missing;
};
