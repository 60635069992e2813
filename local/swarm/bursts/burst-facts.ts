import type { Denial } from '../../../simulator/iam/denials.ts';
import type { FunctionCall } from '../../virtual/interference.ts';
import { deniedSince } from '../../world/denied-since.ts';
import type { BurstWorld } from './burst-world.ts';
import { countChangeOf } from './invariant.ts';
import type { Load } from './load.ts';

/** What a person did, or what befell the site. */
export type DeedKind =
  | 'stop'
  | 'cut'
  | 'power'
  | 'kill'
  | 'push'
  | 'lack-fargate'
  | 'slow-pulls'
  | 'by-hand'
  | 'recall'
  | 'throttle'
  | 'stop-task'
  | 'spot';

export interface Deed {
  readonly kind: DeedKind;
  readonly of: string;
  readonly fromMs: number;
  toMs: number;
}

/** A desired count of the Fargate twin, from when on, and which execution set it. */
export interface WantedCount {
  readonly atMs: number;
  readonly desired: number;
  readonly executionArn: string | undefined;
}

/** Everything that rules are held against: the world itself and what was seen of it over time. */
export class BurstFacts {
  readonly world: BurstWorld;
  readonly load: Load;
  /** When the storm began. */
  readonly fromMs: number;
  /** How old SQS's counts could be in the storm, in seconds. */
  countsOldSeconds = 0;
  /** By which share of themselves they could be off. */
  countsNoise = 0;
  readonly deeds: Deed[] = [];
  /** Changes of the Fargate twin's desired count. */
  readonly wanted: WantedCount[] = [];
  /** Looks whose decision an execution got, in order: what others saw is forgotten. */
  readonly looksMs: number[] = [];
  /** Executions that have held the burst lease, in the order in which they took it. */
  readonly holders: string[] = [];
  readonly #deniedAtCreation: readonly Denial[];

  constructor(world: BurstWorld, load: Load) {
    this.world = world;
    this.load = load;
    this.fromMs = world.now();
    this.#deniedAtCreation = world.world.cloud.iam.denials();
  }

  denials(): readonly string[] {
    return deniedSince(this.#deniedAtCreation, this.world.world.cloud.iam.denials()).map(
      ({ who, action }) => `${who.split('/').at(-1)} ${action}`,
    );
  }

  wasDone(kind: DeedKind, fromMs = 0, toMs = Number.POSITIVE_INFINITY): boolean {
    return this.deeds.some((deed) => deed.kind === kind && deed.fromMs <= toMs && deed.toMs >= fromMs);
  }

  /** Reads the control item after a write to it: who holds the burst lease. */
  noteControl(): void {
    const holder = this.world.holder();
    if (holder !== undefined && holder !== this.holders.at(-1)) this.holders.push(holder);
  }

  /** Reads the Fargate twin after a change of ECS. */
  noteCount(call?: FunctionCall): void {
    const { desired } = this.world.truth('fargate');
    if (desired === this.wanted.at(-1)?.desired) return;
    this.wanted.push({ atMs: this.world.now(), desired, executionArn: call && countChangeOf(call)?.executionArn });
  }
}
