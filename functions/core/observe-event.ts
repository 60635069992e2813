/** What an event says about a twin that someone may be waiting for. */
export type TwinNews =
  /** A task of the twin stopped. */
  | { readonly kind: 'task-stopped' }
  /** Its deployment ended, or the service came to rest. */
  | { readonly kind: 'at-rest' }
  /** A deployment began: ours, or somebody else's. */
  | { readonly kind: 'deployment-began'; readonly deploymentId: string }
  | { readonly kind: 'nothing' };

const atRest = new Set([
  'SERVICE_DEPLOYMENT_COMPLETED',
  'SERVICE_DEPLOYMENT_FAILED',
  'SERVICE_STEADY_STATE',
  'SERVICE_TASK_START_IMPAIRED',
]);

/**
 * What a deployment or service event means. ECS sends the deployment events under two detail types, so the event's name
 * decides, not its detail type.
 */
export const newsOf = (eventName: string, deploymentId: string | undefined): TwinNews => {
  if (atRest.has(eventName)) return { kind: 'at-rest' };
  if (eventName === 'SERVICE_DEPLOYMENT_IN_PROGRESS' && deploymentId !== undefined) {
    return { kind: 'deployment-began', deploymentId };
  }
  return { kind: 'nothing' };
};
