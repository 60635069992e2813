/**
 * Scaling policies of others, as their sources describe them, to compare a burst with. A peer scales *all* tasks of a
 * service and never below those on premises (`minTasks`): what it wants beyond them would run in Fargate. That is kind
 * to it, since nothing native scales two services as one.
 */

/** What a policy sees of the queue and the tasks, as old as its metric is. */
export interface PeerObservation {
  readonly visible: number;
  readonly inFlight: number;
  /** Tasks that take messages, on premises and in Fargate together. */
  readonly running: number;
  /** Tasks asked for. */
  readonly desired: number;
}

/** How a policy learns of the queue: CloudWatch's minute, a metric of 20 s where one exists, or by asking SQS itself. */
export type PeerMetric = 'minute' | 'twenty-seconds' | 'direct';

export interface Peer<State> {
  readonly metric: PeerMetric;
  /** Seconds between two looks. */
  readonly everySeconds: number;
  readonly initial: State;
  /** The tasks that the service should have from now on, and what the policy remembers. */
  decide(
    observed: PeerObservation,
    state: State,
    nowSeconds: number,
  ): { readonly desired: number; readonly state: State };
}

/** Bounds of the tasks, on premises and in Fargate together. */
export interface PeerBounds {
  readonly minTasks: number;
  readonly maxTasks: number;
}

export const within = (tasks: number, { minTasks, maxTasks }: PeerBounds): number =>
  Math.min(maxTasks, Math.max(minTasks, tasks));
