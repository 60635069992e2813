import { z } from 'zod';
import type { BurstLedger } from './burst-ledger.ts';
import { ApprovalGate, Capacity, ScanGate } from './configuration.ts';
import { DeploymentWindow } from './deployment-window.ts';

/** What the controller remembers of a service, and what passes between the states of its machines. Times are ISO 8601. */

/** The end that a release's digest was proved to have reached, and the place to which a failed rollout goes back. */
export interface Release {
  readonly digest: string;
  /** Repository and digest, as in the task definitions. */
  readonly image: string;
  readonly rolloutId: string;
  /** When this digest was asked for; a refresh, which only brings it onto newer templates, leaves it as it was. */
  readonly askedAt: string;
  readonly provedAt: string;
  /** Twins on which running containers were seen with the digest. Empty: nothing was proved. */
  readonly provedOn: readonly string[];
  /** ARN of the task definition of each twin. */
  readonly taskDefinitions: Readonly<Record<string, string>>;
  /** The template that each of them was made from, where a stack states one. */
  readonly templates?: Readonly<Record<string, string>>;
  readonly probes?: Readonly<Record<string, ProbePlan>>;
  readonly trigger: Trigger;
}

const text = z.string().min(1);
const moment = z.iso.datetime({ offset: true });
const count = z.int().min(0);
const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();

/** Who or what caused a rollout or a burst: `push`, `pipeline`, `alarm`, `rollback`, `hand`…, and what it says of itself. */
export const Trigger = z.looseObject({ kind: text }).readonly();
export type Trigger = z.infer<typeof Trigger>;

/** A rollout's right to move a service. At most one for each service; the fence rises with every new holder. */
export interface RolloutLease {
  readonly executionArn: string;
  readonly rolloutId: string;
  readonly startedAt: string;
  readonly digest: string;
  readonly force: boolean;
  /** Only of a way back that a person asked for. */
  readonly rollback?: Rollback;
}

/** A way back that a person asked for. */
export interface Rollback {
  /** The digest that was under way when it was asked for, and which is not to be tried again; left out where none was. */
  readonly leaves?: string;
}

/** The newest start that was seen; an older one that has not begun must not begin any more. */
export interface NewestStart {
  readonly executionArn: string;
  /** When it was asked for: the time of the push, or the start of the execution. */
  readonly askedAt: string;
  readonly startedAt: string;
  readonly digest: string;
  readonly rollback?: Rollback;
}

/** Where a twin was before a rollout. */
export const Resting = z
  .object({
    taskDefinition: text,
    desiredCount: count,
    /** What ECS must be told to run one task of it beside the service; only the adapter looks inside. */
    launch: z.record(z.string(), z.unknown()).readonly().optional(),
  })
  .readonly();
export type Resting = z.infer<typeof Resting>;

/**
 * What rollouts left half done whose executions ended without closing them. It is inherited until a rollout ends with
 * every twin in one place: a way back must not lead to where a dead rollout happened to stop.
 */
export interface Unsettled {
  /** Where each twin was before the first of them. */
  readonly before: Readonly<Record<string, Resting>>;
  /** Their task definitions: one of them on a twin is ours, and may be overwritten. */
  readonly taskDefinitions: readonly string[];
  /** The way back was walked and failed: trying it again by itself would only repeat that. */
  readonly needsPerson?: boolean;
  /** A site was lost before anything was proved: its twins go back to where they were when it returns, and not before. */
  readonly awaitsSite?: boolean;
}

export interface BurstLease {
  readonly executionArn: string;
  readonly burstId: string;
  readonly startedAt: string;
  readonly generation: number;
  /** Set by a person: the burst ends at its next look. */
  readonly recalled?: Mark;
}

/** Who did something, when (ISO 8601), and why. */
export interface Mark {
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/** No signal starts a burst before `until` (ISO 8601). */
export interface BurstPause extends Mark {
  readonly until: string;
}

/** Nothing is rolled out while it lasts. Set and ended by a person. */
export type Freeze = Mark;

/** A digest that is not to be rolled out until somebody releases it. */
export interface Hold extends Mark {
  /** What left it: the end of a rollout, or a person's way back to an older release. Undefined: it was asked for. */
  readonly leftBy?: 'rollout' | 'rollback';
}

/** The one item of a service that says who may do what. */
export interface Control {
  readonly service: string;
  readonly fence: number;
  readonly rollout?: RolloutLease;
  readonly newest?: NewestStart;
  readonly unsettled?: Unsettled;
  readonly release?: Release;
  /** The last proved release, while the current one is not proved: failed rollouts go back to it. */
  readonly proved?: Release;
  /** Twins whose site was away or lost: they are brought to where the service stands when it returns. */
  readonly deferred?: readonly string[];
  readonly burst?: BurstLease;
  /** Set with a recall by hand. */
  readonly burstPause?: BurstPause;
  readonly freeze?: Freeze;
  /** By digest. */
  readonly holds?: Readonly<Record<string, Hold>>;
}

export const emptyControl = (service: string): Control => ({ service, fence: 0 });

export const TwinPlan = z
  .object({
    twin: text,
    capacity: Capacity,
    /** Tasks at rest. The first release raises the twin to it. */
    baseTasks: count,
    /** Family of its releases, where it is not the twin's name: that of a twin which was adopted. */
    family: text.optional(),
  })
  .readonly();
export type TwinPlan = z.infer<typeof TwinPlan>;

/** What a service does with a start while another rollout of it is under way. */
export const Concurrency = z.enum(['supersede', 'queue', 'reject']);
export type Concurrency = z.infer<typeof Concurrency>;

const candidate = {
  service: text,
  rolloutId: text,
  executionArn: text,
  startedAt: moment,
  /** When it was asked for: the time of the push, else the start of the execution. Events carry whole seconds. */
  askedAt: moment,
  /** A new image; the current release again; or only the way back of what was left half done. */
  goal: z.enum(['release', 'refresh', 'take-back']),
  /** Roll out even when the service is on this digest already. */
  force: z.boolean(),
  digest: text,
  /** Digests that containers may report: the digest itself and, for an index, its child for linux/amd64. */
  acceptedDigests: list(text),
  /** The image as people speak of it: `orders-api:v7`. */
  image: text,
  /** Repository in the registry, and the registry to pin it in when a task definition names another one; a way back names none. */
  repository: text,
  registryId: z.string(),
  /** The tag by which the image was named or pushed, where one is known. */
  tag: text.optional(),
  gates: z
    .object({
      deployableTags: list(text),
      windows: list(DeploymentWindow),
      scan: ScanGate.optional(),
      approval: ApprovalGate.optional(),
    })
    .readonly(),
  /** In the order of the waves. */
  twins: list(TwinPlan),
  concurrency: Concurrency,
  failedTasksMax: count,
  sweepSeconds: count,
  deadlineSeconds: count,
  bakeSeconds: count,
  lostAfterSeconds: count,
  mixedReleasesSafe: z.boolean(),
  /** Whether a twin that rests at count 0 is proved by a probe. */
  probe: z.boolean(),
  /** CloudWatch alarms that must stay quiet, and dead-letter queues that must not grow. */
  alarms: list(text),
  deadLetterQueues: list(text),
  trigger: Trigger,
  actor: z.string(),
};

/** A start whose request was accepted: what it wants is known, and it has not got the service yet. Gates judge this. */
export const Candidate = z.object(candidate).readonly();
export type Candidate = z.infer<typeof Candidate>;

/** What a scan looks at: of an index its child for the platform, since ECR scans no index. */
export const scannedDigest = ({ digest, acceptedDigests }: Pick<Candidate, 'digest' | 'acceptedDigests'>): string =>
  acceptedDigests.at(-1) ?? digest;

/** A rollout that has the service, as it passes from state to state. */
export const Rollout = z
  .object({
    ...candidate,
    fence: count,
    deadlineAt: moment,
    /** Seconds to wait before the first write, after a lease was taken over. */
    settleSeconds: count,
  })
  .readonly();
export type Rollout = z.infer<typeof Rollout>;

/** The deployment that a move made, or found. Epoch milliseconds by the clock of ECS. */
export const Deployment = z.object({ id: text, createdAtMs: z.number() }).readonly();
export type Deployment = z.infer<typeof Deployment>;

const Place = z.object({ taskDefinition: text, desiredCount: count.optional() }).readonly();

/** How one task of a release proves a twin that rests at count 0. */
export const ProbePlan = z
  .object({
    /** The container that is told not to work. */
    container: text,
    /** Seconds after its start in which its health is decided. */
    healthSeconds: count,
    healthChecked: z.boolean(),
  })
  .readonly();
export type ProbePlan = z.infer<typeof ProbePlan>;

/** How an alarm or a dead-letter queue stood before the first write, so that only what is new counts. */
export const Baseline = z
  .object({
    /** Alarms of the service that were in ALARM already. */
    raised: list(text),
    /** Messages by dead-letter queue. */
    deadLetters: z.record(z.string(), count).readonly(),
  })
  .readonly();
export type Baseline = z.infer<typeof Baseline>;

/** A twin that was moved by this rollout: its deployment, and the count that it had then. */
export const Moved = z.object({ twin: text, deployment: Deployment, desiredCount: count }).readonly();
export type Moved = z.infer<typeof Moved>;

/** What a twin is moved to, and back to. */
export const Step = z
  .object({
    twin: text,
    capacity: Capacity,
    to: Place,
    back: Place,
    /** Task definitions that count as ours on this twin: its old place, both ends, and those of overtaken rollouts. */
    ours: list(text),
    /** Those of overtaken rollouts alone: a late write of one may come after ours, and is overwritten. */
    overtaken: list(text),
    /** The count that the twin has unless somebody changes it on the way. */
    desiredCount: count,
    /** How the twin is probed while it rests at count 0; left out where that is not known. */
    probe: ProbePlan.optional(),
    launch: z.record(z.string(), z.unknown()).readonly().optional(),
  })
  .readonly();
export type Step = z.infer<typeof Step>;

export const TwinFailureCause = z.enum([
  'pull-failure',
  'failed-to-start',
  'crash-after-start',
  'exits-cleanly',
  'unhealthy',
  'probe-failed',
  'probe-stopped',
  'placement-failure',
  'circuit-breaker',
  'timed-out',
  'site-lost',
  'digest-mismatch',
  'changed-by-someone-else',
  'service-deleted',
]);
export type TwinFailureCause = z.infer<typeof TwinFailureCause>;

/** Why a rollout did not go on. */
export const Failure = z
  .discriminatedUnion('kind', [
    /** Observed on a twin. `leave`: the twin is someone else's now, or gone, and is not taken back. */
    z.object({
      kind: z.literal('twin'),
      twin: text,
      cause: TwinFailureCause,
      reason: z.string(),
      leave: z.boolean(),
      /** The image does not answer for it, so that its digest is not held, whatever the cause; left out where it may. */
      blameless: z.literal(true).optional(),
    }),
    /** Seen while the release was watched. */
    z.object({
      kind: z.literal('watched'),
      cause: z.enum(['alarm', 'dead-letters', 'image-missing']),
      reason: z.string(),
    }),
    /** Found before anything was written. */
    z.object({
      kind: z.literal('refused'),
      cause: z.enum([
        'service-missing',
        'task-definition-unfit',
        'percents-deadlock',
        'ecs-rolling-back',
        'site-away',
        'no-fit-cpu',
        'no-fit-memory',
        'no-fit-port',
        'no-fit-architecture',
      ]),
      reason: z.string(),
    }),
    /** An execution ended without closing its rollout: somebody stopped it, it timed out, or it could not go on. */
    z.object({ kind: z.literal('stopped'), status: text, reason: z.string() }),
    /** Rollouts of the past had left twins half done, and no other rollout goes on with them. */
    z.object({ kind: z.literal('left-behind'), reason: z.string() }),
    /** A newer start waits for a safe point, and this was one. */
    z.object({ kind: z.literal('superseded'), by: text, reason: z.string() }),
    /** A function failed: `error` and `message` are its own. */
    z.object({
      kind: z.literal('error'),
      at: z.string(),
      error: z.string(),
      message: z.string(),
      twin: text.optional(),
    }),
  ])
  .readonly();
export type Failure = z.infer<typeof Failure>;

export const ProvedTwin = z
  .object({
    twin: text,
    /** Running tasks whose containers were read. 0: nothing is proved on this twin. */
    tasks: count,
    desiredCount: count,
    /** Whether the one task was a probe. */
    probed: z.boolean().optional(),
    /** The count that the twin had before somebody else changed it on the way. */
    countBefore: count.optional(),
  })
  .readonly();
export type ProvedTwin = z.infer<typeof ProvedTwin>;

/** How one rollout or burst ended. The pairs of verdict and cause are listed in `verdict.ts`. */
export const End = z
  .object({
    succeeded: z.boolean(),
    verdict: text,
    cause: text,
    /** The sentence for people, with names and numbers. */
    reason: z.string(),
    /** Error name of the execution: `RolloutRolledBack.crash-after-start`; null when it succeeded. */
    error: z.string().nullable(),
  })
  .readonly();
export type End = z.infer<typeof End>;

/** The history of one rollout; written at its admission, completed at its end, never deleted. */
export interface RolloutRecord {
  readonly service: string;
  readonly rolloutId: string;
  readonly executionArn: string;
  readonly startedAt: string;
  readonly digest: string;
  readonly image: string;
  readonly trigger: Trigger;
  readonly actor: string;
  readonly fence: number;
  readonly waves: readonly string[];
  /** Where each twin was before; from here on the rollout may write. */
  readonly before?: Readonly<Record<string, Resting>>;
  /** Registered for this rollout, by twin. */
  readonly taskDefinitions?: Readonly<Record<string, string>>;
  readonly templates?: Readonly<Record<string, string>>;
  readonly probes?: Readonly<Record<string, ProbePlan>>;
  /** Twins that are not moved, since their site is away; `behind`: those of them that an earlier rollout left half done. */
  readonly deferred?: readonly string[];
  readonly behind?: readonly string[];
  readonly baseline?: Baseline;
  /** What its execution was given and had planned, so that another one can take it back. */
  readonly admitted?: Rollout;
  readonly plan?: { readonly steps: readonly Step[] };
  /** Calls of ECS by functions that answered: a lower bound, since those of an attempt that was killed or failed are not in it. */
  readonly ecsCalls?: number;
  readonly endedAt?: string;
  readonly succeeded?: boolean;
  readonly verdict?: string;
  readonly cause?: string;
  readonly reason?: string;
  readonly error?: string | null;
  readonly proof?: readonly ProvedTwin[];
}

/** The record of a rollout as it begins. */
export const newRecord = (rollout: Rollout): RolloutRecord => ({
  service: rollout.service,
  rolloutId: rollout.rolloutId,
  executionArn: rollout.executionArn,
  startedAt: rollout.startedAt,
  digest: rollout.digest,
  image: rollout.image,
  trigger: rollout.trigger,
  actor: rollout.actor,
  fence: rollout.fence,
  waves: rollout.twins.map(({ twin }) => twin),
  admitted: rollout,
});

/** The history of one burst. */
export interface BurstRecord {
  readonly service: string;
  readonly burstId: string;
  readonly executionArn: string;
  readonly startedAt: string;
  readonly trigger: Trigger;
  readonly actor: string;
  readonly tasks?: number;
  readonly untilMs?: number;
  readonly memory: BurstMemory;
  /** What it was and cost, once it has ended. */
  readonly ledger?: BurstLedger;
  /** What was decided last, in words. */
  readonly decided?: string;
  readonly endedAt?: string;
  readonly succeeded?: boolean;
  readonly verdict?: string;
  readonly cause?: string;
  readonly reason?: string;
  readonly error?: string | null;
}

const StartLag = z.object({ starts: z.number(), meanSeconds: z.number(), varianceSeconds2: z.number() }).readonly();

/** One look of a burst, for a chart of it and for what others would have done with the same arrivals. */
export type BurstPoint = readonly [
  atMs: number,
  /** Messages that had arrived since the first look, those that waited then included. */
  arrived: number,
  waiting: number,
  oldestSeconds: number,
  externalReady: number,
  fargateWanted: number,
  fargateReady: number,
];

/** Some looks of one burst, in order. */
export interface BurstCurve {
  readonly points: readonly BurstPoint[];
}

/** What an account and its network leave for the Fargate tasks of a twin, in tasks, as AWS last told. */
export const AccountCaps = z
  .object({
    atMs: z.number(),
    /** What the account's quotas of Fargate vCPUs allow. */
    vcpuQuota: count.optional(),
    /** What that was reckoned from, in vCPUs, each as it was last read; left out: never yet. */
    vcpus: z
      .object({
        onDemand: z.number().optional(),
        spot: z.number().optional(),
        others: z.object({ onDemand: z.number(), spot: z.number() }).readonly().optional(),
      })
      .readonly()
      .optional(),
    /** What the free addresses of the twin's subnets allow. */
    subnetAddresses: count.optional(),
    /** What could not be read, and why. */
    unread: list(text),
  })
  .readonly();
export type AccountCaps = z.infer<typeof AccountCaps>;

/** What a burst remembers from one look at the queue to the next. Epoch milliseconds; all that survives a hand-over. */
export const BurstMemory = z
  .object({
    /** Looks of this execution; a fresh execution starts at 0. */
    looks: count,
    looksInAll: count,
    lastLookMs: z.number().optional(),
    /** What recent looks counted, oldest first; `pickedUp` is cumulative over the burst. */
    counts: list(
      z
        .object({
          atMs: z.number(),
          visible: z.number(),
          pickedUp: z.number(),
          head: z.object({ sentMs: z.number(), receivedMs: z.number() }).readonly().optional(),
        })
        .readonly(),
    ),
    /** Seconds by which the queue's counts seem to be behind. */
    staleSeconds: z.number(),
    /** Messages picked up since the first look. */
    pickedUp: z.number(),
    /** Up to where every task has told of itself, and the messages picked up until then. */
    told: z.object({ atMs: z.number(), pickedUp: z.number() }).readonly().optional(),
    /** Whether external tasks were all seen to report: from then on one that is silent does not work. */
    externalReports: z.boolean(),
    /** Fargate tasks beyond the base that have not been given back, by when they were asked for, oldest first. */
    asked: list(z.object({ atMs: z.number(), tasks: count }).readonly()),
    /** Fargate tasks that worked at the last look. */
    fargateReady: count,
    /** The start of the newest Fargate task whose lag was counted. */
    lagSeenMs: z.number().optional(),
    lag: StartLag.optional(),
    /** Fargate tasks that could have been given back at the last look. */
    surplus: count,
    /** Looks in a row at which the base was enough. */
    calm: count,
    /** Times that the wanted number of Fargate tasks changed its direction, and the direction it had last. */
    turns: count,
    direction: z.enum(['up', 'down']).optional(),
    /** The dead-letter queue some time ago. */
    deadLetters: z.object({ atMs: z.number(), messages: count }).readonly().optional(),
    /** Throughput of a task before the newest tasks worked, to see whether they add any. */
    trial: z
      .object({
        tasks: count,
        fargate: count,
        perTask: z.number(),
        reachedMs: z.number().optional(),
        /** Added tasks have added nothing, and none has since that did. */
        doubted: z.literal(true).optional(),
      })
      .readonly()
      .optional(),
    /** No further starts until then, and why; with a task definition, no longer than the twin is on that one. */
    held: z
      .object({
        untilMs: z.number(),
        fargate: count,
        kind: z.enum(['fire', 'no-gain', 'crash-loop']),
        taskDefinition: text.optional(),
      })
      .readonly()
      .optional(),
    /** What Fargate cost in the clock hour and on the day (UTC) that `spent.atMs` lies in, bursts before this one included. */
    spent: z.object({ atMs: z.number(), hourUsd: z.number(), dayUsd: z.number() }).readonly().optional(),
    /** How many messages were picked up and completed after which delay, by `delayBounds`, in periods that are over. */
    delays: z
      .object({ untilMs: z.number(), pickUps: list(count), completions: list(count) })
      .readonly()
      .optional(),
    accountCaps: AccountCaps.optional(),
    peakBacklog: count,
    peakFargateTasks: count,
    /** Fargate tasks beyond the base that were to be there after the last look: without those that ECS had no place for. */
    paidTasks: count.optional(),
    /** Fargate tasks beyond the base that ECS counted at the last look, by when each was asked for; one that ECS replaced, by when it started. */
    present: list(z.object({ atMs: z.number(), tasks: count }).readonly()).optional(),
    /** The newest start of a Fargate task that ECS had told of. Left out: none since the first look. */
    startsToldMs: z.number().optional(),
    /** US dollars for one hour of one task, on demand. */
    taskHourUsd: z.number().optional(),
    /** Whether its Fargate tasks have public addresses. Left out: they have none. */
    publicAddresses: z.boolean().optional(),
    /** Seconds of Fargate tasks beyond the base: what ECS counted at the looks, starting ones included, and what AWS bills beyond that. */
    fargateTaskSeconds: z.number(),
    /** Those of them in which a task that worked had a free slot, slots counted in part. */
    fargateIdleSeconds: z.number(),
    /**
     * Seconds in which those tasks worked, slots counted in part, and of them what was told until `atMs`, from where on it is counted
     * anew. Left out: no worker has reported.
     */
    fargateBusy: z.object({ atMs: z.number(), toldSeconds: z.number(), seconds: z.number() }).readonly().optional(),
    fargateStarts: count,
    /** Changes of a twin's count that were decided. */
    moves: count,
    costUsd: z.number(),
    /**
     * Of tasks on Fargate Spot, where some may run there: how many AWS took back, which of them were stopped after `seenMs`
     * (what was stopped until then counts no more), and what of the seconds and the dollars above is theirs.
     */
    spot: z
      .object({
        seenMs: z.number(),
        takenBack: count,
        takenBackTasks: list(z.object({ task: text, atMs: z.number() }).readonly()).default([]),
        taskSeconds: z.number(),
        usd: z.number(),
      })
      .readonly()
      .optional(),
    /** When ECS said that it has no place for Fargate tasks, for as long as some of them are missing. */
    refusedMs: z.number().optional(),
    /** What a person was last warned of, so that it is told once. */
    warned: z.enum(['fire', 'no-gain', 'crash-loop', 'infeasible']).optional(),
  })
  .readonly();
export type BurstMemory = z.infer<typeof BurstMemory>;

export const freshMemory: BurstMemory = {
  looks: 0,
  looksInAll: 0,
  counts: [],
  staleSeconds: 0,
  pickedUp: 0,
  externalReports: false,
  asked: [],
  fargateReady: 0,
  surplus: 0,
  calm: 0,
  turns: 0,
  peakBacklog: 0,
  peakFargateTasks: 0,
  fargateTaskSeconds: 0,
  fargateIdleSeconds: 0,
  fargateStarts: 0,
  moves: 0,
  costUsd: 0,
};

export const CountMove = z.object({ twin: text, desiredCount: count }).readonly();
export type CountMove = z.infer<typeof CountMove>;

/** What the configuration says of a service that others would have had to deal with, too. */
export const BurstTerms = z
  .object({
    /** Seconds of work in one message and messages that a task works on at a time, as believed. */
    workSecondsPerMessage: z.number(),
    messagesPerTask: z.number(),
    /** Seconds from asking for a Fargate task until it receives. */
    startSeconds: z.number(),
    /** `fargate.baseTasks`: they run in any case, and are paid for by nobody here. */
    fargateBase: count,
    /** `fargate.maxTasks`. */
    fargateMax: count,
    /** US dollars for one hour of one Fargate task, on demand. */
    taskHourUsd: z.number(),
  })
  .readonly();
export type BurstTerms = z.infer<typeof BurstTerms>;

/** An admitted burst, as it passes from state to state. */
export const Burst = z
  .object({
    service: text,
    burstId: text,
    startedAt: moment,
    /** Executions that had this burst before. */
    generation: count,
    lookSeconds: count,
    /** The objective: picked up within so many seconds of being sent. */
    deadlineSeconds: count,
    /** A fixed number of Fargate tasks, where one was asked for. */
    tasks: count.optional(),
    /** When the burst ends at the latest, where a time was asked for. Epoch milliseconds. */
    untilMs: z.number().optional(),
    /** What brings the service back to its base without another look. */
    baseMoves: list(CountMove),
    /** By what others are reckoned with the same messages. Left out: admitted by a version that did not do so at the end. */
    terms: BurstTerms.optional(),
    trigger: Trigger,
    actor: z.string(),
  })
  .readonly();
export type Burst = z.infer<typeof Burst>;

/** What every function of a machine is told of its execution. */
export const Execution = z.object({ arn: text, name: text, startedAt: moment }).readonly();
export type Execution = z.infer<typeof Execution>;
