/**
 * How AWS behaves where it is slow, approximate, lossy or contradictory, as options with a default and its reason.
 * All durations are milliseconds of AWS's own time; the live kernel's pace divides them.
 */
export interface Fidelity {
  /** From a change in a service to its event reaching the rules. "Near real time"; seconds from ECS, by users' reports. */
  readonly eventLagMs: number;
  /** From the end of a metric's period until an alarm can see it. Typically 1 to 3 minutes for SQS; 60 s here. */
  readonly metricLagMs: number;
  /** Answering time of an API call. */
  readonly apiLatencyMs: number;
  /** Start of a new execution environment of a function: about 375 ms for Node with bundled SDK clients. */
  readonly lambdaColdStartMs: number;
  /** Overhead of one Step Functions transition; AWS publishes none, tens of milliseconds by reports. */
  readonly stateTransitionMs: number;
  readonly ecs: {
    /** From a decision to start a task to its placement: 1 to 5 s. */
    readonly schedulerPickupMs: number;
    /** ENI and micro-VM of a Fargate task: 10 s from created to pull started in AWS's own sample. */
    readonly fargateProvisioningMs: number;
    /** Pull on Fargate, where nothing is cached: 9 s in AWS's own sample. */
    readonly fargatePullMs: number;
    /** Pull on an external instance over the site's link; 0 once the digest is cached there. */
    readonly externalPullMs: number;
    /** From pulled to RUNNING: about 1 s. */
    readonly containerStartMs: number;
    /** Without a health check and a load balancer a task counts as healthy this long after RUNNING (BC:ecs.DeploymentConfiguration): 40 s. */
    readonly healthyAfterMs: number;
    /** From a lost link to `agentConnected: false`; undocumented, "a few minutes" by reports. */
    readonly disconnectDetectionMs: number;
    /** Whether a container that exits right after RUNNING counts for the circuit breaker; undocumented. */
    readonly breakerCountsExitAfterRunning: boolean;
  };
}

export const defaultFidelity: Fidelity = {
  eventLagMs: 1_000,
  metricLagMs: 60_000,
  apiLatencyMs: 20,
  lambdaColdStartMs: 375,
  stateTransitionMs: 30,
  ecs: {
    schedulerPickupMs: 2_000,
    fargateProvisioningMs: 10_000,
    fargatePullMs: 9_000,
    externalPullMs: 4_000,
    containerStartMs: 1_000,
    healthyAfterMs: 40_000,
    disconnectDetectionMs: 120_000,
    breakerCountsExitAfterRunning: false,
  },
};
