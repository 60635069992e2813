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
  /** Somebody deleted it from the registry. */
  deleted: boolean;
}

/** What a person did, or what befell the site; the end of an absence is known only later. */
export interface Deed {
  readonly kind: 'count' | 'task-definition' | 'stop' | 'cut' | 'stack-update' | 'freeze' | 'hold';
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
  /** It ended with the verdict of another one. */
  readonly joined: boolean;
}

/** Everything that invariants are held against: the world itself and the ledger of what was done to it. */
export class Facts {
  readonly world: RolloutWorld;
  readonly images: PushedImage[] = [];
  readonly deeds: Deed[] = [];
  readonly commits: Commit[] = [];
  readonly closings = new Map<string, Closing>();
  /** Moments at which the controller asked for the machines, and no agent of the site answered ECS. */
  readonly awayAtMs: number[] = [];
  readonly deniedAtCreation: readonly Denial[];
  #holder: string | undefined;

  constructor(world: RolloutWorld) {
    this.world = world;
    this.deniedAtCreation = world.world.cloud.iam.denials();
  }

  imageOf(digest: string | undefined): PushedImage | undefined {
    return this.images.find((image) => image.digest === digest);
  }

  /** Digest in a task definition's image; undefined where it pins none. */
  digestOf(taskDefinition: string): string | undefined {
    return this.world.imageOf(taskDefinition).split('@')[1];
  }

  causesOf(digest: string | undefined): readonly string[] {
    const image = this.imageOf(digest);
    if (!image) return [];
    const causes = [...imageKinds[image.kind].causes, ...(image.deleted ? ['pull-failure'] : [])];
    // Where every other twin rests at 0 the probe is the first task that shows it.
    return causes.length > 0 ? [...causes, 'probe-failed'] : causes;
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

  /**
   * Whether the service is held by an execution that somebody stopped, or was given over to one. The next rollout takes
   * its work over and, until then, what is left half done is no lie of anybody.
   */
  isLeftBehind(): boolean {
    const last = this.lastClosed();
    if (last?.cause === 'at-safe-point') return this.wasDone('stop', last.execution.startMs, Number.POSITIVE_INFINITY);
    return this.world.executions().some(({ name, status }) => name === this.#holder && status === 'ABORTED');
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
    return this.ended()
      .filter(({ execution }) => this.closings.has(execution.name))
      .toSorted((a, b) => (a.execution.stopMs ?? 0) - (b.execution.stopMs ?? 0))
      .at(-1);
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
    const holder = item?.rollout?.M?.rolloutId?.S;
    if (this.#holder !== undefined && holder !== this.#holder && !this.closings.has(this.#holder))
      this.closings.set(this.#holder, { atMs: this.world.now(), truths: this.world.truths(), before, deferred });
    this.#holder = holder;
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
        const joined = execution.output?.includes('"joined"') ?? false;
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
