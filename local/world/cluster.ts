import type { Configuration } from '../../functions/core/configuration.ts';

/** Name of the cluster that a configuration installs into. */
export const clusterName = (configuration: Configuration): string => configuration.existing.clusterName ?? 'spillway';

/** Port of the load balancer's listener in the templates. */
export const listenerPort = 80;
