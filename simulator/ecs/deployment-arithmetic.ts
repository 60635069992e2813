import type { DeploymentCircuitBreaker } from '@aws-sdk/client-ecs';

/** How many tasks a rolling deployment must keep healthy, and how many it may have running and pending (DG:deployment-type-ecs). */
export const deploymentBounds = (
  desiredCount: number,
  configuration: { readonly minimumHealthyPercent: number; readonly maximumPercent: number },
): { readonly healthyMin: number; readonly totalMax: number } => ({
  healthyMin: Math.ceil((desiredCount * configuration.minimumHealthyPercent) / 100),
  totalMax: Math.floor((desiredCount * configuration.maximumPercent) / 100),
});

/** How many failed tasks end a deployment (DG:deployment-circuit-breaker): half of the count, at least 3, at most 200, unless configured. */
export const breakerThreshold = (desiredCount: number, breaker: DeploymentCircuitBreaker): number => {
  const { type = 'BOUNDED_PERCENT', value = 50 } = breaker.thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const share = Math.ceil((desiredCount * value) / 100);
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share));
};

/** How long launches wait after the nth round in a row in which no task reached RUNNING. */
export const launchDelayMs = (
  failedRounds: number,
  limits: { readonly launchBackoffBaseMs: number; readonly launchBackoffMaxMs: number },
): number => Math.min(limits.launchBackoffMaxMs, limits.launchBackoffBaseMs * 2 ** Math.min(20, failedRounds - 1));
