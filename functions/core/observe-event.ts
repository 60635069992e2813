/** What an event says about a twin that someone may be waiting for. */
export type TwinNews =
  /** Its deployment has reached its end: every task runs, and none of an older deployment does. */
  | { readonly kind: 'completed'; readonly deploymentId: string }
  /** ECS gave its deployment up, or has trouble with its tasks: what exactly is to be read. */
  | { readonly kind: 'trouble'; readonly deploymentId: string | undefined }
  /** A deployment began: ours, or somebody else's. */
  | { readonly kind: 'deployment-began'; readonly deploymentId: string }
  | { readonly kind: 'nothing' };

const trouble = new Set(['SERVICE_DEPLOYMENT_FAILED', 'SERVICE_TASK_START_IMPAIRED']);

/**
 * What a deployment or service event means. ECS sends the deployment events under two detail types, so the event's name
 * decides, not its detail type.
 */
export const newsOf = (eventName: string, deploymentId: string | undefined): TwinNews => {
  if (trouble.has(eventName)) return { kind: 'trouble', deploymentId };
  if (eventName === 'SERVICE_DEPLOYMENT_COMPLETED' && deploymentId !== undefined) {
    return { kind: 'completed', deploymentId };
  }
  if (eventName === 'SERVICE_DEPLOYMENT_IN_PROGRESS' && deploymentId !== undefined) {
    return { kind: 'deployment-began', deploymentId };
  }
  return { kind: 'nothing' };
};
