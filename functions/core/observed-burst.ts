import type { Capacity } from './configuration.ts';

/**
 * What the burst policy is told. The caller observes and adds nothing: estimates, caution and memory are the policy's.
 * All times are epoch milliseconds of one clock, the controller's; a worker's own clock may be a few seconds off.
 */

/** A worker's counters at one moment. All counts are cumulative from the start of its task and never fall. */
export interface WorkerPoint {
  readonly atMs: number;
  /** Messages received from the burst's queue, whatever became of them. */
  readonly pickUps: number;
  /** Messages received from other queues, which take slots too. Left out: none. */
  readonly otherPickUps?: number;
  /** Messages done with and deleted, of all queues. */
  readonly completions: number;
  /** Messages that could not be worked on: poison, refused effects. */
  readonly failures: number;
  /** Milliseconds of work, added over all slots: two slots busy for a second make 2,000. Work under way counts. */
  readonly busyMs: number;
  /** `SentTimestamp` of the message received last; left out before the first one. */
  readonly headSentMs?: number;
  /** When that message was received; left out with it. */
  readonly headReceivedMs?: number;
}

/** The newest report of one task. A task that has missed two reports counts as gone. */
export interface WorkerReport {
  /** Id of the task. */
  readonly task: string;
  readonly capacity: Capacity;
  /** Messages that it works on at a time. */
  readonly slots: number;
  /** When it began to receive. */
  readonly startedMs: number;
  /** Seconds from one report of it to the next, as it does now: 10 while messages wait, 60 otherwise. */
  readonly everySeconds: number;
  /** It was told to stop and picks up nothing more. */
  readonly stopping: boolean;
  /** It missed a report together with others, and counts as gone. */
  readonly cutOff?: boolean;
  /** The last points that it counted, oldest first, at most 7; never empty. */
  readonly points: readonly WorkerPoint[];
}

/** Upper bounds of the delays that are counted together, as shares of the deadline; one more count is for the rest. */
export const delayBounds = [0.25, 0.5, 0.75, 0.9, 1, 1.25, 1.5, 2, 3, 5, 10] as const;

/** How many messages were picked up, and how many completed, after which delay since their sending. */
export interface DelayCounts {
  /** Start of the five minutes in which they were counted. */
  readonly fromMs: number;
  /** One count for each of `delayBounds`, and one for longer ones. */
  readonly pickUps: readonly number[];
  readonly completions: readonly number[];
}

/** A time at which ECS started tasks, and how many. */
export interface TaskStarts {
  readonly atMs: number;
  readonly tasks: number;
}

/** A time at which ECS told tasks to stop, how many, and when it had started them, where it says so. */
export interface TaskStops extends TaskStarts {
  readonly startedMs?: number;
}

/** A task on Fargate Spot, by its id, and when AWS warned it. */
export interface TakenBack {
  readonly task: string;
  readonly atMs: number;
}

/** One capacity's twin, as ECS tells of it. */
export interface ObservedCapacity {
  readonly twin: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** The newest time at which ECS said that it could not place a task, with its words; `RESOURCE:FARGATE` and the like. */
  readonly refused?: { readonly atMs: number; readonly reason: string } | undefined;
  /** When ECS started tasks, and how many, of whichever deployment: a rollout that is taken back started some, too. Left out: it does not tell. */
  readonly starts?: readonly TaskStarts[];
  /** When ECS told tasks to stop, and how many, of whichever deployment. Left out: it does not tell. */
  readonly stops?: readonly TaskStops[] | undefined;
  /** When its primary deployment began. Left out: nobody looked. */
  readonly deploymentMs?: number | undefined;
  /** The task definition of which it starts them. */
  readonly taskDefinition?: string | undefined;
  /**
   * Its tasks on Fargate Spot, starting ones included, and those that AWS took back, as far as ECS remembers. Left out: none
   * may run there.
   */
  readonly spot?: { readonly tasks: number; readonly takenBack: readonly TakenBack[] } | undefined;
}

export interface ObservedBurst {
  /** `ApproximateNumberOfMessages`: messages that wait. Approximate, and up to a minute old after a change. */
  readonly visible: number;
  /** `ApproximateNumberOfMessagesNotVisible`: messages that are being worked on. */
  readonly inFlight: number;
  readonly external: ObservedCapacity;
  readonly fargate: ObservedCapacity;
  /** Further tasks that the connected machines can take now; undefined when nobody looked. */
  readonly externalRoom: number | undefined;
  /** Reports of all tasks of both twins that are not older than ten minutes. Empty where the workers report nothing. */
  readonly workers: readonly WorkerReport[];
  /** The delays that all tasks counted in the last periods, each period once. Empty where the workers report nothing. */
  readonly delays: readonly DelayCounts[];
  /** Messages that rest in the dead-letter queue; undefined when nobody looked. */
  readonly deadLetters: number | undefined;
}

/** The most Fargate tasks that something allows. Left out: it sets no limit. */
export interface FargateCaps {
  /** `fargate.maxTasks` of the configuration. */
  readonly configuration: number;
  /** What the account's Fargate vCPU quota, or its two where some run on Spot, leaves for this service's tasks. */
  readonly vcpuQuota?: number;
  /** What the subnets' free addresses leave: each Fargate task takes one. */
  readonly subnetAddresses?: number;
}

/** What the policy has to keep to. */
export interface BurstLimits {
  /** The objective D: a message is picked up within so many seconds of being sent. */
  readonly deadlineSeconds: number;
  /** Share of the messages that may be late, 0 to 1. */
  readonly lateShareMax: number;
  /** Seconds of work in one message, as believed before anything was measured. */
  readonly workSecondsPerMessage: number;
  /** Messages that one task works on at a time, where no worker reports it. */
  readonly messagesPerTask: number;
  /** Seconds from asking for a Fargate task until it receives, as believed before any was seen. */
  readonly startSeconds: number;
  /** Seconds between two looks. */
  readonly lookSeconds: number;
  /** Looks in a row that must agree before a queue counts as calm. */
  readonly calmLooks: number;
  readonly externalBase: number;
  readonly externalMax: number;
  readonly fargateBase: number;
  /** What a rolling deployment may run of the Fargate twin at a time, in per cent of its desired count. Left out: no more than that. */
  readonly fargateMaximumPercent?: number;
  readonly fargateCaps: FargateCaps;
  /** US dollars for one hour of one Fargate task. */
  readonly fargateHourlyUsd: number;
  /** And of one on Fargate Spot, as believed. Left out: none may run there. */
  readonly spotHourlyUsd?: number;
  /** US dollars that bursts may cost in a clock hour and in a day (UTC). Left out: no limit. */
  readonly hourlyUsdMax?: number;
  readonly dailyUsdMax?: number;
  /** A fixed number of Fargate tasks, where one was asked for. */
  readonly fixedTasks?: number;
  /** Epoch milliseconds after which the burst is recalled, where a time was asked for. */
  readonly untilMs?: number;
  /** Somebody recalled the burst, as part of a sentence: it ends whatever waits. */
  readonly recalled?: string;
}
