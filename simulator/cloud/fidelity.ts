/**
 * How AWS behaves where it is slow, approximate, lossy or contradictory, as options with a default and its reason.
 * All durations are milliseconds of AWS's own time; the live kernel's pace divides them. Where nobody knows, unknowns.ts
 * has the other settings beside the default.
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
    /** Share of deliveries to a target that happen more than once: delivery is "at least once". 0 here, so that faults are asked for. */
    readonly duplicateShare: number;
    /** How often such a delivery happens. */
    readonly duplicateCopies: number;
    /** Share of deliveries that never happen: a rule that was disabled, a target that was down for longer than the retries. */
    readonly lossShare: number;
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
    /** Factor on provisioning and pull of one Fargate task, drawn when it is launched; AWS publishes no spread. Always 1 here, without a draw. */
    readonly fargateSlowness: (draw: (name: string) => number) => number;
    /** Pull on an external instance over the site's link; 0 once the digest is cached there. */
    readonly externalPullMs: number;
    /** From pulled to RUNNING: about 1 s. */
    readonly containerStartMs: number;
    /** Without a health check and a load balancer a task counts as healthy this long after RUNNING: 40 s by one page (BC:ecs.DeploymentConfiguration), at once by another (BC:ecs.UpdateService). */
    readonly healthyAfterMs: number;
    /** From a lost link to `agentConnected: false`; undocumented, "a few minutes" by reports. */
    readonly disconnectDetectionMs: number;
    /** From `agentConnected: false` until ECS gives up the tasks of an external instance and replaces them. Never, by reports (containers-roadmap issue 2040). */
    readonly giveUpTasksMs: number;
    /** How often an hour a healthy agent drops its connection. Several times, by AWS's page (DG:ecs_container_instance_events); 0 here, so that it is asked for. */
    readonly agentFlapsPerHour: number;
    /** How long such a flap lasts. The agent's back-off starts at 250 ms and ends at 2 min. */
    readonly agentFlapMs: number;
    /** What `lastStatus` says of a task that was told to stop while its instance has no link; undocumented. */
    readonly unreachableStopShows: 'RUNNING' | 'STOPPING';
    /** Whether `StopTask` is accepted for a task whose agent is disconnected; undocumented, expected. */
    readonly stopsUnreachableTasks: boolean;
    /** Lifetime of a task role's credentials, which bounds how long a task works on without a link: about 6 h by reports. */
    readonly taskCredentialsMs: number;
    /** Whether the circuit breaker watches services of launch type EXTERNAL: neither included nor excluded by AWS's pages. */
    readonly breakerOnExternal: boolean;
    /** The same of deployment alarms. */
    readonly alarmsOnExternal: boolean;
    /** The same of task scale-in protection. */
    readonly protectionOnExternal: boolean;
    /** Whether task scale-in protection keeps a task on a draining instance; undocumented. */
    readonly protectionHoldsDraining: boolean;
    /** Whether task scale-in protection keeps a task that fails its health checks; AWS's page names scaling and deployments only. */
    readonly protectionHoldsUnhealthy: boolean;
    /** Whether the log driver of a machine without a link keeps its lines for later; its bounds are undocumented. */
    readonly keepsLogsWithoutLink: boolean;
    /** Whether a container that exits right after RUNNING counts for the circuit breaker: not by AWS's text, but people saw it trip. */
    readonly breakerCountsExitAfterRunning: boolean;
    /** Whether `UpdateService` with the task definition that the service has already starts a deployment; it does not, by reports. */
    readonly sameTaskDefinitionDeploys: boolean;
    /** What is told of a deployment that a newer one replaces. AWS documents no event. */
    readonly supersededEvent: 'none' | 'SERVICE_DEPLOYMENT_FAILED';
    /** The detail-type of SERVICE_DEPLOYMENT_* events: one page has the one (DG:ecs_service_deployment_events), a newer one lists their names under the other (DG:ecs_service_events). */
    readonly deploymentEventsAs: 'ECS Deployment State Change' | 'ECS Service Action';
    /** How often ECS asks for the states of deployment alarms. Not published; one public drill saw 21 s from ALARM to the rollback. */
    readonly alarmPollMs: number;
    /** Bake time of a deployment that alarms watch, where none is given: computed from the alarms, less than 5 min (DG:deployment-alarm-failure). */
    readonly alarmBakeMs: number;
    /** How long after a write reads may still answer what was before it, at most: AWS says "eventually consistent" (BC:ecs.RunTask) and no number. 0 here. */
    readonly staleReadsMs: number;
    /** Share of the reads within that time that are stale. */
    readonly staleReadShare: number;
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
    /** vCPUs of Fargate that may run at once, On-Demand and Spot each (6 on a new account, raised with use). */
    readonly fargateVcpus: number;
    /** Duplicates of a service event are left out for this long, and a steady state is told again after it (DG:service-event-messages): 6 h. */
    readonly repeatedEventMs: number;
    /** Whether request rates of the API and launch rates are limited as AWS limits them (DG:request-throttling, DG:throttling). */
    readonly throttling: boolean;
  };
  readonly ssm: {
    /** How often an agent of Systems Manager pings: every 5 min by reports. */
    readonly pingMs: number;
    /** From a lost link to `ConnectionLost`: about 5 min by reports. */
    readonly connectionLostMs: number;
  };
  readonly sns: {
    /** From a publication to the message in a queue: typically less than 30 ms by AWS's FAQ. */
    readonly deliveryMs: number;
  };
  readonly sqs: {
    /** Without a message and without a call for this long, a queue publishes no metrics any more (AWSSimpleQueueService monitoring-using-cloudwatch): 6 h. */
    readonly activeMs: number;
    /** From the call that wakes such a queue to its first metrics: up to 15 minutes; the worst case here. */
    readonly wakeUpMs: number;
    /** How old the counts of `GetQueueAttributes` may be; up to a minute after a change by AWS's page, usually seconds; exact here. */
    readonly countsLagMs: number;
    /** How old those counts always are, on top of that; 0 here. */
    readonly countsAgeMs: number;
    /** By which share those counts may be off, either way, each drawn for itself; 0 here, without a draw. */
    readonly countsNoise: number;
  };
  readonly ecr: {
    /** Whether the event of a push without a tag has no `image-tag`, or an empty one. */
    readonly untaggedPushTag: 'absent' | 'empty';
    /** How long a basic scan takes. AWS says nothing; half a minute by users' reports. */
    readonly basicScanMs: number;
    /** From a push to Inspector's first scan of the image. AWS says nothing; a minute or two by users' reports. */
    readonly enhancedScanMs: number;
  };
  readonly codepipeline: {
    /** From the end of one step of a pipeline to the start of the next; AWS publishes none, a second or two by reports. */
    readonly stepMs: number;
    /** How often a Step Functions action asks whether its execution has ended; undocumented. */
    readonly pollMs: number;
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
  events: { duplicateShare: 0, duplicateCopies: 2, lossShare: 0, bestEffortLossShare: 0, orderJitterMs: 0 },
  ecs: {
    schedulerPickupMs: 2_000,
    fargateProvisioningMs: 10_000,
    fargatePullMs: 9_000,
    fargateSlowness: () => 1,
    externalPullMs: 4_000,
    containerStartMs: 1_000,
    healthyAfterMs: 40_000,
    disconnectDetectionMs: 120_000,
    giveUpTasksMs: Number.POSITIVE_INFINITY,
    agentFlapsPerHour: 0,
    agentFlapMs: 5_000,
    unreachableStopShows: 'RUNNING',
    stopsUnreachableTasks: true,
    taskCredentialsMs: 6 * 3_600_000,
    breakerOnExternal: true,
    alarmsOnExternal: true,
    protectionOnExternal: true,
    protectionHoldsDraining: true,
    protectionHoldsUnhealthy: false,
    keepsLogsWithoutLink: true,
    breakerCountsExitAfterRunning: false,
    sameTaskDefinitionDeploys: false,
    supersededEvent: 'none',
    deploymentEventsAs: 'ECS Deployment State Change',
    alarmPollMs: 20_000,
    alarmBakeMs: 180_000,
    staleReadsMs: 0,
    staleReadShare: 0.5,
    fargateDeprovisioningMs: 10_000,
    reconnectMs: 5_000,
    launchBackoffBaseMs: 180_000,
    launchBackoffMaxMs: 27 * 60_000,
    stoppedRetentionMs: 3_600_000,
    fargateVcpus: 1_000,
    repeatedEventMs: 6 * 3_600_000,
    throttling: true,
  },
  ssm: {
    pingMs: 300_000,
    connectionLostMs: 300_000,
  },
  sns: {
    deliveryMs: 30,
  },
  sqs: {
    activeMs: 6 * 3_600_000,
    wakeUpMs: 15 * 60_000,
    countsLagMs: 0,
    countsAgeMs: 0,
    countsNoise: 0,
  },
  ecr: {
    untaggedPushTag: 'absent',
    basicScanMs: 30_000,
    enhancedScanMs: 90_000,
  },
  codepipeline: {
    stepMs: 1_000,
    pollMs: 15_000,
  },
  dynamodb: {
    timeToLiveLagMs: 2 * 86_400_000,
  },
};
