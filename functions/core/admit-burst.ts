import { pausedBecause } from './recall-burst.ts';
import type { BurstLease, BurstMemory, Control, End } from './state.ts';
import { overtakenSeconds } from './take-lease.ts';
import { endOf } from './verdict.ts';

export interface BurstStart {
  readonly executionArn: string;
  /** Becomes the burst's id when this execution begins it. */
  readonly name: string;
  readonly startedAt: string;
  /** A person asks for it, not a signal. */
  readonly byHand: boolean;
  /** Set by the execution that hands over. */
  readonly handover:
    | { readonly burstId: string; readonly generation: number; readonly memory: BurstMemory }
    | undefined;
}

export type BurstAdmission =
  | {
      readonly kind: 'admitted';
      readonly control: Control;
      readonly lease: BurstLease;
      /** The burst began in an execution before this one, and its record goes on. */
      readonly resumed: boolean;
      /** For so long a count that the execution before has asked for may still be on its way. */
      readonly settleSeconds: number;
    }
  | { readonly kind: 'ended'; readonly control: Control; readonly end: End };

/**
 * One burst of a service at a time. A successor takes its predecessor's lease by the burst's id; a start that finds a
 * burst whose execution is gone goes on with that burst, so that its Fargate tasks are recalled in the end.
 */
export const admitBurst = (control: Control, start: BurstStart, holderRuns: boolean): BurstAdmission => {
  const holder = control.burst;
  if (holder?.executionArn === start.executionArn) return admitted(control, holder, start);
  if (start.handover) {
    if (holder?.burstId !== start.handover.burstId || holder.generation >= start.handover.generation) {
      return {
        kind: 'ended',
        control,
        end: endOf(
          'burst',
          'superseded',
          'lease-lost',
          `Burst ${start.handover.burstId} is over or has gone on elsewhere.`,
        ),
      };
    }
    return resume(control, holder, start, start.handover.generation);
  }
  if (holder && holderRuns) {
    return {
      kind: 'ended',
      control,
      end: endOf(
        'burst',
        'joined',
        'already-bursting',
        `Burst ${holder.burstId} has been running since ${holder.startedAt}; this start changed nothing.`,
      ),
    };
  }
  if (holder) return resume(control, holder, start, holder.generation + 1);
  if (!control.release) {
    const { service, rollout } = control;
    const why = rollout
      ? `The first release of ${service} is under way (rollout ${rollout.rolloutId}) and not proved yet: a burst can start once it is.`
      : `${service} has no release yet: push an image first.`;
    return { kind: 'ended', control, end: endOf('burst', 'refused', 'never-released', why) };
  }
  const paused = start.byHand ? undefined : pausedBecause(control, Date.parse(start.startedAt));
  if (paused) return { kind: 'ended', control, end: endOf('burst', 'ignored', 'paused', paused) };
  const { burstPause: _pause, ...unpaused } = control;
  const lease: BurstLease = {
    executionArn: start.executionArn,
    burstId: start.name,
    startedAt: start.startedAt,
    generation: 0,
  };
  return admitted({ ...unpaused, burst: lease }, lease, start);
};

/** How often signals that are refused are shown: all that come meanwhile say the same. */
const refusalMs = 300_000;

/**
 * Under which id a refused start stands among the bursts: one by hand as itself, signals once in five minutes. The first
 * of them tells its own time; `keptAt`, the same for all of the five minutes, is where all others find it.
 */
export const refusalOf = (
  { name, startedAt, byHand }: Pick<BurstStart, 'name' | 'startedAt' | 'byHand'>,
  cause: string,
): { readonly burstId: string; readonly keptAt: string } => {
  if (byHand) return { burstId: name, keptAt: startedAt };
  const periodMs = Math.floor(Date.parse(startedAt) / refusalMs) * refusalMs;
  return { burstId: `refused-${cause}-${periodMs}`, keptAt: new Date(periodMs).toISOString() };
};

const resume = (control: Control, holder: BurstLease, start: BurstStart, generation: number): BurstAdmission => {
  const lease: BurstLease = { ...holder, executionArn: start.executionArn, generation };
  return admitted({ ...control, burst: lease }, lease, start);
};

/** Whoever hands over has set its counts; one that was stopped may have been about to. */
const admitted = (control: Control, lease: BurstLease, { handover }: BurstStart): BurstAdmission => {
  const resumed = lease.generation > 0;
  return { kind: 'admitted', control, lease, resumed, settleSeconds: resumed && !handover ? overtakenSeconds : 0 };
};
