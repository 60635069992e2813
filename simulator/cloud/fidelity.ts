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
  readonly events: {
    /** Share of deliveries to a target that happen twice: delivery is "at least once". 0 here, so that faults are asked for. */
    readonly duplicateShare: number;
    /** Share of best-effort events (ECR, Step Functions, Systems Manager) that never arrive. */
    readonly bestEffortLossShare: number;
    /** Up to so much is added to an event's lag, so that events overtake each other: order is not promised. */
    readonly orderJitterMs: number;
  };
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
    /** Release of a Fargate task's ENI after its containers have ended (DEPROVISIONING): 10 to 16 s in users' reports. */
    readonly fargateDeprovisioningMs: number;
    /** From a mended link until the agent is connected again; its back-off starts at 250 ms and ends at 2 min. */
    readonly reconnectMs: number;
    /** First delay before tasks that never reached RUNNING are tried again. AWS publishes no curve; 3 min doubling trips the breaker at count 1 after about 10 min, as public drills saw (11 to 15 min). */
    readonly launchBackoffBaseMs: number;
    /** Longest such delay: 27 min (DG:service-throttle-logic). */
    readonly launchBackoffMaxMs: number;
    /** How long stopped tasks and inactive services can be described; about an hour by reports. */
    readonly stoppedRetentionMs: number;
    /** vCPUs of Fargate that may run at once (6 on a new account, raised with use). */
    readonly fargateVcpus: number;
    /** Duplicates of a service event are left out for this long, and a steady state is told again after it (DG:service-event-messages): 6 h. */
    readonly repeatedEventMs: number;
    /** Whether the API's request rates are limited as AWS limits them (DG:request-throttling). */
    readonly throttling: boolean;
  };
  readonly sqs: {
    /** Without a message and without a call for this long, a queue publishes no metrics any more (AWSSimpleQueueService monitoring-using-cloudwatch): 6 h. */
    readonly activeMs: number;
    /** From the call that wakes such a queue to its first metrics: up to 15 minutes; the worst case here. */
    readonly wakeUpMs: number;
    /** How old the counts of `GetQueueAttributes` may be; up to a minute after a change by AWS's page, usually seconds; exact here. */
    readonly countsLagMs: number;
  };
  readonly dynamodb: {
    /** From an item's expiry to its deletion: "within a few days" by AWS's page; two here. */
    readonly timeToLiveLagMs: number;
  };
}

export const defaultFidelity: Fidelity = {
  eventLagMs: 1_000,
  metricLagMs: 60_000,
  apiLatencyMs: 20,
  lambdaColdStartMs: 375,
  stateTransitionMs: 30,
  events: { duplicateShare: 0, bestEffortLossShare: 0, orderJitterMs: 0 },
  ecs: {
    schedulerPickupMs: 2_000,
    fargateProvisioningMs: 10_000,
    fargatePullMs: 9_000,
    externalPullMs: 4_000,
    containerStartMs: 1_000,
    healthyAfterMs: 40_000,
    disconnectDetectionMs: 120_000,
    breakerCountsExitAfterRunning: false,
    fargateDeprovisioningMs: 10_000,
    reconnectMs: 5_000,
    launchBackoffBaseMs: 180_000,
    launchBackoffMaxMs: 27 * 60_000,
    stoppedRetentionMs: 3_600_000,
    fargateVcpus: 1_000,
    repeatedEventMs: 6 * 3_600_000,
    throttling: true,
  },
  sqs: {
    activeMs: 6 * 3_600_000,
    wakeUpMs: 15 * 60_000,
    countsLagMs: 0,
  },
  dynamodb: {
    timeToLiveLagMs: 2 * 86_400_000,
  },
};
