import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { rolloutKey } from '../../functions/adapters/table.ts';
import type { Denial } from '../../simulator/iam/denials.ts';
import type { Execution } from '../../simulator/stepfunctions/execution/execution.ts';
import type { TwinTruth } from '../rollouts/ground-truth.ts';
import { endedOf, type RolloutWorld, service } from '../rollouts/rollout-world.ts';
import { type ImageName, imageKinds } from './images.ts';

export interface PushedImage {
  readonly digest: string;
  readonly version: string;
  readonly kind: ImageName;
  readonly atMs: number;
  /** When somebody deleted it from the registry. */
  deletedAtMs: number | undefined;
}

/** What a person did, or what befell the site; the end of an absence is known only later. */
export interface Deed {
  readonly kind:
    | 'count'
    | 'task-definition'
    | 'stop'
    | 'cut'
    | 'flap'
    | 'stack-update'
    | 'probe-stop'
    | 'freeze'
    | 'hold'
    | 'release-of-hold';
  readonly fromMs: number;
  toMs: number;
  /** Twin or execution. */
  readonly of: string;
}

/** The control item named a new release. */
export interface Commit {
  readonly atMs: number;
  readonly digest: string;
  readonly rolloutId: string;
  /** Whether a task ran it: a release of twins that all rest at 0 is current, and nothing that anybody goes back to. */
  readonly proved: boolean;
}

/** The twins at the moment at which a rollout gave its lease back. */
export interface Closing {
  readonly atMs: number;
  readonly truths: readonly TwinTruth[];
  /** The release that was proved last before this rollout. */
  readonly before: Commit | undefined;
  /** Twins that were left to the return of their site, by this rollout or by one before it. */
  readonly deferred: readonly string[];
}

export interface EndedRollout {
  readonly execution: Execution;
  /** What it wanted, where that is one of the images that were pushed. */
  readonly digest: string | undefined;
  readonly verdict: string;
  readonly cause: string;
  /** The rollout with whose verdict it ended. */
  readonly joined: string | undefined;
}

/** What an execution was started with, as far as rules look at it. */
interface RolloutInput {
  readonly image?: string;
  readonly refresh?: boolean;
  readonly trigger?: { readonly kind?: string; readonly time?: string; readonly leaves?: string };
}

/** A hold or its release is an execution of its own, and is in force when that has ended. */
const holdLagMs = 120_000;

const entered = ({ stateEnteredEventDetails }: HistoryEvent): boolean => stateEnteredEventDetails !== undefined;

/** Everything that invariants are held against: the world itself and the ledger of what was done to it. */
export class Facts {
  readonly world: RolloutWorld;
  /** How rollouts of the service are configured. */
  readonly rollout: { readonly deadlineMs: number; readonly sweepMs: number; readonly mixedReleasesSafe: boolean };
  readonly images: PushedImage[] = [];
  readonly deeds: Deed[] = [];
  readonly commits: Commit[] = [];
  readonly closings = new Map<string, Closing>();
  /** Moments at which the controller asked for the machines, and no agent of the site answered ECS. */
  readonly awayAtMs: number[] = [];
  /** When a fault struck a call of a function. */
  readonly struckAtMs: number[] = [];
  /** When an event that a rollout waits for was lost. */
  readonly lostAtMs: number[] = [];
  /** Executions that had the lease, one after the other; undefined where nobody had it. */
  readonly holders: { readonly atMs: number; readonly executionArn: string | undefined }[] = [];
  readonly deniedAtCreation: readonly Denial[];
  #holder: string | undefined;

  constructor(world: RolloutWorld) {
    this.world = world;
    const {
      deadlineSeconds = 0,
      sweepSeconds = 0,
      mixedReleasesSafe = false,
    } = world.world.configuration.services[service]?.rollout ?? {};
    this.rollout = { deadlineMs: deadlineSeconds * 1_000, sweepMs: sweepSeconds * 1_000, mixedReleasesSafe };
    this.deniedAtCreation = world.world.cloud.iam.denials();
  }

  imageOf(digest: string | undefined): PushedImage | undefined {
    return this.images.find((image) => image.digest === digest);
  }

  /** Digest in a task definition's image; undefined where it pins none. */
  digestOf(taskDefinition: string): string | undefined {
    return this.world.imageOf(taskDefinition).split('@')[1];
  }

  /** Whether somebody had deleted the image from the registry by then: what came before has another cause. */
  wasDeleted(digest: string | undefined, byMs: number): boolean {
    return (this.imageOf(digest)?.deletedAtMs ?? Number.POSITIVE_INFINITY) <= byMs;
  }

  /** Why a rollout of it may have been taken back by then. */
  causesOf(digest: string | undefined, byMs: number): readonly string[] {
    const image = this.imageOf(digest);
    if (!image) return [];
    const deleted = this.wasDeleted(digest, byMs) ? ['pull-failure', 'image-missing'] : [];
    const causes = [...imageKinds[image.kind].causes, ...deleted];
    // Where every other twin rests at 0 the probe is the first task that shows it.
    return causes.length > 0 ? [...causes, 'probe-failed'] : causes;
  }

  /**
   * Whether a person, the end of a rollout that blames the image, or a rollback that left it, held it by then. A hold holds
   * until it is released, and that takes some seconds. A rollout leaves its hold in the write that gives its lease back:
   * its execution may end minutes after that, when telling it is throttled.
   */
  wasHeld(digest: string | undefined, byMs: number): boolean {
    if (digest === undefined) return false;
    const last = (times: readonly number[]): number => Math.max(Number.NEGATIVE_INFINITY, ...times);
    const deedsAt = (kind: Deed['kind']): readonly number[] =>
      this.deeds
        .filter((deed) => deed.kind === kind && deed.of === digest && deed.fromMs <= byMs)
        .map(({ fromMs }) => fromMs);
    const takenBackAt = this.ended()
      .filter((end) => end.digest === digest && end.verdict === 'rolled-back')
      .map(({ execution }) => this.closings.get(execution.name)?.atMs ?? execution.stopMs ?? 0);
    const leftAt = this.commits.flatMap(({ atMs, digest: to, rolloutId }, index) => {
      const left = this.commits[index - 1]?.digest;
      return left === digest && to !== digest && this.triggerOf(rolloutId) === 'rollback' ? [atMs] : [];
    });
    const heldAt = last(
      [...deedsAt('hold'), ...takenBackAt, ...leftAt, ...this.#abortedAt(digest)].filter((atMs) => atMs <= byMs),
    );
    return Number.isFinite(heldAt) && heldAt + holdLagMs >= last(deedsAt('release-of-hold'));
  }

  /** When a rollback was there that was asked for while the digest was under way: with its commit, or since it found that gone. */
  #abortedAt(digest: string): readonly number[] {
    return this.world.executions().flatMap(({ name, inputText, status, startMs }) => {
      const { trigger } = JSON.parse(inputText) as RolloutInput;
      const commit = this.commits.find(({ rolloutId }) => rolloutId === name);
      return trigger?.leaves === digest && (commit || status === 'SUCCEEDED') ? [commit?.atMs ?? startMs] : [];
    });
  }

  /** What started a rollout; undefined where its input does not say. */
  triggerOf(rolloutId: string): string | undefined {
    const execution = this.world.executions().find(({ name }) => name === rolloutId);
    return (JSON.parse(execution?.inputText ?? '{}') as RolloutInput).trigger?.kind;
  }

  /** The release that stood then: what a start without an image is about. */
  standingAt(atMs: number): string | undefined {
    return this.#commitAt(atMs)?.digest;
  }

  #commitAt(atMs: number): Commit | undefined {
    return this.commits.findLast((commit) => commit.atMs <= atMs);
  }

  /** Whether the release that stood at any moment of this time was of the digest. */
  stoodOn(digest: string | undefined, fromMs: number, toMs: number): boolean {
    return this.commits.some(
      (commit, index) =>
        commit.digest === digest &&
        commit.atMs <= toMs &&
        (this.commits[index + 1]?.atMs ?? Number.POSITIVE_INFINITY) >= fromMs,
    );
  }

  /**
   * Whether the rollout that this one joined ended by the same verdict and cause. Who takes a dead one back ends in its place,
   * or is itself stopped once it has; who overtakes one that was stopped writes that into its record.
   */
  joinedEndedSo({ joined, verdict, cause }: EndedRollout): boolean {
    return this.ended().some(
      ({ execution, ...other }) =>
        ((execution.name === joined || execution.inputText.includes('"takeBack":true')) &&
          other.verdict === verdict &&
          other.cause === cause) ||
        (this.closings.has(joined ?? '') &&
          execution.status === 'ABORTED' &&
          execution.inputText.includes('"takeBack":true') &&
          verdict === 'stopped-by-hand') ||
        (execution.name === joined && execution.status === 'ABORTED' && cause === 'fence-lost'),
    );
  }

  /** Whether a deed of this kind falls into the time; `slackMs` before it counts too, since its effects take a while. */
  wasDone(kind: Deed['kind'], fromMs: number, toMs: number, of?: string, slackMs = 0): boolean {
    return this.deeds.some(
      (deed) =>
        deed.kind === kind &&
        (of === undefined || deed.of === of) &&
        deed.fromMs <= toMs &&
        deed.toMs + slackMs >= fromMs,
    );
  }

  /** Whether a rollout that ended before this time may have left its twins half done. */
  wasLeftBehind(beforeMs: number): boolean {
    return this.ended().some(
      ({ execution, cause }) =>
        (execution.stopMs ?? beforeMs) <= beforeMs &&
        (execution.status === 'ABORTED' || ['at-safe-point', 'needs-a-person', 'fence-lost'].includes(cause)),
    );
  }

  /** The rollout that gave the lease back last. */
  lastClosed(): EndedRollout | undefined {
    const closedMs = Math.max(...[...this.closings.values()].map(({ atMs }) => atMs));
    // Whoever goes on with a dead rollout gives its lease back, and ends at once.
    return this.ended()
      .filter(({ execution: { startMs, stopMs = 0 } }) => startMs <= closedMs && stopMs >= closedMs)
      .toSorted((a, b) => (a.execution.stopMs ?? 0) - (b.execution.stopMs ?? 0))[0];
  }

  /** The rollout that ended last, whether it had the lease or was refused it. */
  lastEnded(): EndedRollout | undefined {
    return this.ended().toSorted((a, b) => (b.execution.stopMs ?? 0) - (a.execution.stopMs ?? 0))[0];
  }

  /** What a rollout that fails goes back to. */
  lastProved(): Commit | undefined {
    return this.commits.findLast(({ proved }) => proved) ?? this.commits.at(-1);
  }

  /** Holds fast whether any agent of the site answers ECS now, flaps included. */
  noteSite(): void {
    const machines = [...(this.world.world.cloud.ecs.clusters.get(this.world.cluster)?.instances.values() ?? [])];
    if (machines.every(({ agentConnected }) => !agentConnected)) this.awayAtMs.push(this.world.now());
  }

  wasStruck(fromMs: number, toMs: number): boolean {
    return this.struckAtMs.some((atMs) => atMs >= fromMs && atMs <= toMs);
  }

  /** Whether so many events were lost that the sweeps after them may have taken the whole time of a rollout. */
  wasKeptWaiting(fromMs: number, toMs: number): boolean {
    const lost = this.lostAtMs.filter((atMs) => atMs >= fromMs && atMs <= toMs).length;
    return lost * this.rollout.sweepMs >= this.rollout.deadlineMs;
  }

  /** Whether another execution had the lease after this one, by then. */
  wasOvertaken(executionArn: string, byMs: number): boolean {
    const first = this.holders.findIndex((each) => each.executionArn === executionArn);
    return (
      first >= 0 &&
      this.holders
        .slice(first)
        .some((each) => each.executionArn && each.executionArn !== executionArn && each.atMs <= byMs)
    );
  }

  /**
   * Whether somebody had asked for another image by then, not before this start was asked for; a refresh is as old as the
   * release that it is of. Events carry whole seconds.
   */
  wasOutdated(execution: Execution, byMs: number): boolean {
    const { startMs } = execution;
    const asked = (startedMs: number, { trigger }: RolloutInput): number =>
      Math.floor((trigger?.time === undefined ? startedMs : Date.parse(trigger.time)) / 1_000);
    const inputOf = (of: Execution): RolloutInput => JSON.parse(of.inputText);
    const executions = this.world.executions();
    const standing = this.#commitAt(startMs)?.rolloutId;
    const release = inputOf(execution).refresh ? executions.find((each) => each.name === standing) : undefined;
    const since = release ?? execution;
    const { image } = inputOf(since);
    return executions.some((other) => {
      const input = inputOf(other);
      if (other.name === execution.name || other.startMs > byMs || input.image === undefined || input.image === image)
        return false;
      return asked(other.startMs, input) >= asked(since.startMs, inputOf(since));
    });
  }

  /** The rollout whose lease was given back in this time: its own, or that of a dead one that was taken back. */
  closedIn(fromMs: number, toMs: number): { readonly rolloutId: string; readonly closing: Closing } | undefined {
    for (const [rolloutId, closing] of this.closings)
      if (closing.atMs >= fromMs && closing.atMs <= toMs) return { rolloutId, closing };
    return undefined;
  }

  wasAway(fromMs: number, toMs: number): boolean {
    return this.awayAtMs.some((atMs) => atMs >= fromMs && atMs <= toMs);
  }

  /** Reads the control item after a write to it: what it names as the release, and who has given the lease back. */
  noteControl(): void {
    const item = this.world.world.cloud.dynamoDb
      .find('spillway')
      ?.get({ pk: { S: `service#${service}` }, sk: { S: 'control' } });
    const before = this.lastProved();
    const rolloutId = item?.release?.M?.rolloutId?.S;
    const digest = item?.release?.M?.digest?.S;
    const proved = (item?.release?.M?.provedOn?.L ?? []).length > 0;
    if (rolloutId !== undefined && digest !== undefined && this.commits.at(-1)?.rolloutId !== rolloutId)
      this.commits.push({ atMs: this.world.now(), digest, rolloutId, proved });
    const deferred = (item?.deferred?.L ?? []).map(({ S }) => S ?? '');
    const executionArn = item?.rollout?.M?.executionArn?.S;
    if (this.holders.at(-1)?.executionArn !== executionArn) this.holders.push({ atMs: this.world.now(), executionArn });
    const holder = item?.rollout?.M?.rolloutId?.S;
    if (this.#holder !== undefined && holder !== this.#holder && !this.closings.has(this.#holder))
      this.closings.set(this.#holder, { atMs: this.world.now(), truths: this.world.truths(), before, deferred });
    this.#holder = holder;
  }

  /** The verdict in the record of a rollout; undefined while it has none. */
  recordedVerdict(rolloutId: string, startMs: number): string | undefined {
    const key = rolloutKey({ service, rolloutId, startedAt: new Date(startMs).toISOString() });
    return this.world.world.cloud.dynamoDb.find('spillway')?.get({ pk: { S: key.pk }, sk: { S: key.sk } })?.verdict?.S;
  }

  /** Rollouts that have ended, with what they wanted. */
  ended(): readonly EndedRollout[] {
    return this.world
      .executions()
      .filter(({ status }) => status !== 'RUNNING')
      .map((execution) => {
        const { verdict, cause } = endedOf(execution);
        const { image } = JSON.parse(execution.inputText) as { image?: string };
        const known = this.images.find(({ digest, version }) => digest === image || version === image);
        // A failed execution has no output: what its last state was given says which rollout it had joined.
        const said = execution.output ?? execution.history.events.findLast(entered)?.stateEnteredEventDetails?.input;
        const told = /"joined":"([^"]+)"/.exec(said ?? '')?.[1];
        // One that somebody stops just before it ends by that verdict has none.
        const joined = execution.status === 'ABORTED' ? undefined : told;
        return {
          execution,
          digest: known?.digest ?? this.commits.find(({ rolloutId }) => rolloutId === execution.name)?.digest,
          verdict,
          cause,
          joined,
        };
      });
  }
}
