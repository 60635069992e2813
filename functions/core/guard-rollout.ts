import { concludeFailure } from './conclude-rollout.ts';
import { type Control, End, type RolloutRecord } from './state.ts';
import { endOf } from './verdict.ts';

export interface GuardFacts {
  /** Whether the execution that holds the lease runs. */
  readonly holderRuns: boolean;
  /** Whether the newest start still runs, where twins are unsettled and nobody holds the lease: it will go on with them. */
  readonly newestRuns: boolean;
}

export type GuardDecision = { readonly kind: 'nothing' } | { readonly kind: 'take-back'; readonly reason: string };

/** Whether something of a service was left half done that nobody goes on with. */
export const guardRollout = (control: Control, facts: GuardFacts): GuardDecision => {
  const { rollout, unsettled } = control;
  if (rollout) {
    if (facts.holderRuns) return { kind: 'nothing' };
    return { kind: 'take-back', reason: `The execution of rollout ${rollout.rolloutId} ended and had not closed it.` };
  }
  if (!unsettled || facts.newestRuns) return { kind: 'nothing' };
  // The reconciler starts what waits for a site, on its return.
  if (unsettled.needsPerson || unsettled.awaitsSite) return { kind: 'nothing' };
  return { kind: 'take-back', reason: 'Twins were left half done, and no rollout goes on with them.' };
};

/** How an execution ended by itself or was ended, in AWS's words. */
export interface ExecutionEnd {
  /** `ABORTED`, `TIMED_OUT`… */
  readonly status: string;
  readonly error: string;
  readonly cause: string;
}

export const sayEnd = ({ status, error, cause }: ExecutionEnd): string => {
  const said = [error, cause].filter((each) => each).join(': ');
  return `Its execution ended as ${status}${said ? ` (${said})` : ''}`;
};

/** The end of a rollout that lost its lease to another one after its execution had ended. */
export const endOvertaken = (ended: ExecutionEnd): End =>
  endOf(
    'rollout',
    'superseded',
    'fence-lost',
    `${sayEnd(ended)}, and another execution took the service over before it was closed: what becomes of its twins is told there.`,
  );

/** How long a function of an execution that was stopped may still write: it may run for 30 s, and its last call take 5 s. */
const lastWriteMs = 35_000;

/** An execution that was stopped, or ran out of time, and can tell of its end no more. */
export interface StoppedStart extends ExecutionEnd {
  readonly rolloutId: string;
  readonly stoppedAtMs: number;
  /** Whether it was to go on with what another one had left: it has no end of its own. */
  readonly takesBack: boolean;
  /** Undefined: it had neither got the service nor been refused it. With its end: nobody was told of that yet. */
  readonly record: Pick<RolloutRecord, 'endedAt' | keyof End> | undefined;
  /** What its token that is still kept waited for. */
  readonly waitedFor: 'the scan of its image' | 'an approval' | 'its turn' | undefined;
}

/**
 * The end that a stopped start is still owed, or that was recorded and of which nobody was told, since it was stopped in
 * between; undefined where it gets one from whoever goes on with its lease.
 */
export const endStopped = (
  { rollout }: Pick<Control, 'rollout'>,
  start: StoppedStart,
  nowMs: number,
): End | undefined => {
  if (nowMs - start.stoppedAtMs < lastWriteMs) return undefined;
  if (rollout?.rolloutId === start.rolloutId) return undefined;
  if (start.record?.endedAt !== undefined) return End.safeParse(start.record).data;
  if (start.record) return endOvertaken(start);
  if (start.takesBack) return undefined;
  const when = start.waitedFor ? `while it waited for ${start.waitedFor}` : 'before it had got the service';
  return concludeFailure({
    failure: { kind: 'stopped', status: start.status, reason: `${sayEnd(start)} ${when}` },
    wentBack: false,
    moved: false,
    backFailures: [],
    standing: [],
    lost: [],
  });
};
