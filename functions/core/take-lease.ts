import { holdAfterRollback, holdDigest, rollbackOf } from './holds.ts';
import { shortDigest } from './image-reference.ts';
import type {
  Candidate,
  Control,
  End,
  Failure,
  NewestStart,
  Release,
  Resting,
  Rollout,
  RolloutLease,
  Unsettled,
} from './state.ts';
import { endOf } from './verdict.ts';

/** A start that wants the service; its image is there, and every gate has let it through. */
export type Start = Pick<
  Candidate,
  | 'executionArn'
  | 'rolloutId'
  | 'startedAt'
  | 'askedAt'
  | 'digest'
  | 'force'
  | 'concurrency'
  | 'goal'
  | 'trigger'
  | 'actor'
> & {
  /** ISO time from which on its turn could have come: when its image was scanned and approved, or the opening of its window. */
  readonly dueAt: string;
};

/** What is known around the control item. Gathered only as far as the control item asks for it. */
export interface LeaseFacts {
  readonly control: Control;
  /** The rollout that this start waited for to end with its verdict. */
  readonly joining: { readonly rolloutId: string } | undefined;
  /** The end in the record of that rollout, once it has one. */
  readonly joinedEnd: End | undefined;
  /** Whether the execution that holds the lease still runs. */
  readonly holderRuns: boolean;
  /** What the holder's record says it has touched. */
  readonly holderTouched:
    | { readonly before: Readonly<Record<string, Resting>>; readonly taskDefinitions: readonly string[] }
    | undefined;
  /** Whether every twin runs the current release now and, where it is to be refreshed, was made from the stated template. */
  readonly twinsAtRelease: boolean;
  /** Whether a start that was asked for earlier waits for its turn too. Only asked under the policy `queue`. */
  readonly earlierWaits: boolean;
}

export interface LeaseLimits {
  /** Seconds after which a waiting start looks by itself. It is woken when the lease becomes free; a wake may be lost. */
  readonly waitSeconds: number;
  /** How long a start waits for its turn. */
  readonly waitMaxMs: number;
  /** How long a call of an overtaken execution may still be on its way. */
  readonly settleSeconds: number;
}

export type LeaseDecision =
  | {
      readonly kind: 'admitted';
      readonly control: Control;
      readonly fence: number;
      readonly settleSeconds: number;
      /** The rollout that is taken back in the place of its own execution. */
      readonly adopts?: RolloutLease;
    }
  | {
      readonly kind: 'wait';
      readonly control: Control;
      readonly reason: string;
      readonly waitSeconds: number;
      readonly joining: { readonly rolloutId: string; readonly startedAt: string } | null;
    }
  | { readonly kind: 'ended'; readonly control: Control; readonly end: End };

/**
 * How long a call of an overtaken execution may still be on its way: the writer's function may run for 15 s, and its call
 * may be sent at the end of them and take 5 s.
 */
export const overtakenSeconds = 20;

export const leaseLimits = ({
  deadlineSeconds,
  bakeSeconds,
}: Pick<Candidate, 'deadlineSeconds' | 'bakeSeconds'>): LeaseLimits => ({
  waitSeconds: 300,
  // A rollout may use its deadline once forward and once back, and bake; an hour is left for retries.
  waitMaxMs: (2 * deadlineSeconds + bakeSeconds + 3_600) * 1_000,
  settleSeconds: overtakenSeconds,
});

const second = (iso: string): number => Math.floor(Date.parse(iso) / 1_000);

type Order = Pick<NewestStart, 'askedAt' | 'startedAt' | 'executionArn'>;

/** Order of starts: by the second in which they were asked for, then by their own start. */
export const isOlder = (a: Order, b: Order): boolean => {
  const asked = second(a.askedAt) - second(b.askedAt);
  const started = Date.parse(a.startedAt) - Date.parse(b.startedAt);
  return (asked || started || (a.executionArn < b.executionArn ? -1 : 0)) < 0;
};

const merge = (old: Unsettled | undefined, touched: LeaseFacts['holderTouched']): Unsettled | undefined => {
  if (!touched) return old;
  return {
    ...(old?.needsPerson && { needsPerson: true }),
    // What was there before the first of them counts.
    before: { ...touched.before, ...old?.before },
    taskDefinitions: [...new Set([...(old?.taskDefinitions ?? []), ...touched.taskDefinitions])],
  };
};

/**
 * Decides whether a start begins, joins, waits or ends. The answer's `control` is what the control item becomes; it
 * must be written on the condition that the item is still the one that was read.
 */
export const takeLease = (facts: LeaseFacts, start: Start, limits: LeaseLimits, nowMs: number): LeaseDecision => {
  const { control } = facts;
  const holder = control.rollout;
  if (holder?.executionArn === start.executionArn) {
    // Repeated after a lost answer, a way back goes on with the rollout that it had adopted.
    const adopted = holder.rolloutId === start.rolloutId ? undefined : holder;
    return {
      ...(adopted && { adopts: adopted }),
      kind: 'admitted',
      control,
      fence: control.fence,
      settleSeconds: control.unsettled || adopted ? limits.settleSeconds : 0,
    };
  }
  if (start.goal === 'take-back') return takeBack(facts, start, limits);
  if (facts.joining && facts.joinedEnd && holder?.rolloutId !== facts.joining.rolloutId) {
    const { joinedEnd } = facts;
    return { kind: 'ended', control: joinedEnd.succeeded ? holdLeft(control, start, nowMs) : control, end: joinedEnd };
  }

  const rollback = rollbackOf(start.trigger);
  const back = rollback && { rollback };
  const own: NewestStart = {
    executionArn: start.executionArn,
    askedAt: start.askedAt,
    startedAt: start.startedAt,
    digest: start.digest,
    ...back,
  };
  // A refresh wants what is current already: it is newer than no image, and none is newer than it before its turn.
  const refreshes = start.goal === 'refresh';
  const older = refreshes || (control.newest !== undefined && isOlder(own, control.newest));
  const seen: Control = older ? control : { ...control, newest: own };
  // A newer start of the same digest wants the same: whichever begins first, the other joins it. But once that one has
  // failed, what it went back to may be newer than this start.
  const { release } = control;
  const undoes =
    release !== undefined && release.digest !== start.digest && second(start.askedAt) < second(release.askedAt);
  const overtaken = older && !refreshes && (control.newest?.digest !== start.digest || undoes);
  const wait = (
    now: Control,
    reason: string,
    joining: { readonly rolloutId: string; readonly startedAt: string } | null,
  ): LeaseDecision =>
    nowMs - Date.parse(start.dueAt) >= limits.waitMaxMs
      ? {
          kind: 'ended',
          control,
          end: endOf(
            'rollout',
            'refused',
            'busy',
            `${reason} After ${limits.waitMaxMs / 1_000} s that was no longer waited for.`,
          ),
        }
      : { kind: 'wait', control: now, reason, waitSeconds: limits.waitSeconds, joining };

  if (holder && facts.holderRuns) {
    // A restart is as good as another one that is under way; what begins by itself may have begun on older templates.
    const joins = (!refreshes || start.force) && holder.digest === start.digest && holder.force === start.force;
    if (joins) {
      return wait(
        start.concurrency === 'supersede' ? seen : control,
        `Rollout ${holder.rolloutId} is rolling this digest out already: this start ends with its verdict.`,
        { rolloutId: holder.rolloutId, startedAt: holder.startedAt },
      );
    }
    if (overtaken) return superseded(control);
    // A person who asks for a restart is told at once where the service rejects a start meanwhile.
    if (refreshes && !(start.force && start.concurrency === 'reject'))
      return wait(
        control,
        `Rollout ${holder.rolloutId} is under way: this ${start.force ? 'restart' : 'refresh'} waits for its end.`,
        null,
      );
    switch (start.concurrency) {
      case 'reject':
        return {
          kind: 'ended',
          control,
          end: endOf(
            'rollout',
            'refused',
            'already-rolling-out',
            `Rollout ${holder.rolloutId} is under way, and ${control.service} rejects a start meanwhile; nothing was changed.`,
          ),
        };
      case 'queue':
        return wait(control, `Rollout ${holder.rolloutId} is under way: this start waits for its end.`, null);
      case 'supersede':
        return wait(
          seen,
          `Rollout ${holder.rolloutId} is under way: this start takes over at its next safe point.`,
          null,
        );
    }
  }

  if (!holder && !start.force && isCurrent(facts, start)) {
    const held = holdLeft(seen, start, nowMs);
    const was = `${control.service} was on this release already, since ${control.release?.provedAt}; nothing was changed`;
    const but = held === seen ? '' : `, and ${shortDigest(rollback?.leaves ?? '')} is held`;
    return { kind: 'ended', control: held, end: endOf('rollout', 'completed', 'already-current', `${was}${but}.`) };
  }
  if (overtaken) return superseded(control);
  if (facts.earlierWaits) return wait(control, 'A start that was asked for earlier has its turn first.', null);

  const lease: RolloutLease = {
    executionArn: start.executionArn,
    rolloutId: start.rolloutId,
    startedAt: start.startedAt,
    digest: start.digest,
    force: start.force,
    ...back,
  };
  const fence = control.fence + 1;
  const unsettled = holder ? merge(control.unsettled, facts.holderTouched) : control.unsettled;
  return {
    kind: 'admitted',
    control: { ...seen, fence, rollout: lease, ...(unsettled && { unsettled }) },
    fence,
    // After a close the last call has its answer; only a holder that went away may have left one on its way.
    settleSeconds: holder ? limits.settleSeconds : 0,
  };
};

/** The control item after a way back that had nothing more to move: what it was to leave went by itself, and is held too. */
const holdLeft = (control: Control, { trigger, actor, digest }: Start, nowMs: number): Control => {
  const leaves = rollbackOf(trigger)?.leaves;
  if (leaves === undefined || leaves === digest || control.holds?.[leaves]) return control;
  return holdDigest(control, leaves, holdAfterRollback(actor, new Date(nowMs).toISOString(), digest));
};

/** A lease whose execution is dead is adopted with its rollout: that one gets its end, as if it had gone back itself. */
const takeBack = ({ control, holderRuns }: LeaseFacts, start: Start, limits: LeaseLimits): LeaseDecision => {
  const holder = control.rollout;
  const fence = control.fence + 1;
  if (holder && !holderRuns) {
    const lease = { ...holder, executionArn: start.executionArn };
    const { settleSeconds } = limits;
    return { kind: 'admitted', control: { ...control, fence, rollout: lease }, fence, settleSeconds, adopts: holder };
  }
  if (!holder && control.unsettled) {
    const { executionArn, rolloutId, startedAt, digest, force } = start;
    const lease: RolloutLease = { executionArn, rolloutId, startedAt, digest, force };
    return { kind: 'admitted', control: { ...control, fence, rollout: lease }, fence, settleSeconds: 0 };
  }
  const reason = holder
    ? `Rollout ${holder.rolloutId} is under way and ends by itself; nothing was changed.`
    : `Nothing of ${control.service} was left half done; nothing was changed.`;
  return { kind: 'ended', control, end: endOf('rollout', 'completed', 'already-current', reason) };
};

/** The release that a rollout which fails goes back to. */
export const lastProved = ({ release, proved }: Control): Release | undefined =>
  release && release.provedOn.length > 0 ? release : (proved ?? release);

/**
 * The start for which a running rollout has to make room at a safe point, if there is one: a newer one of another
 * digest. Under `queue` and `reject` no start registers as the newest before its own turn, so there is none.
 */
export const newerStart = (
  control: Control,
  rollout: Pick<Rollout, 'executionArn' | 'askedAt' | 'startedAt' | 'digest'>,
): NewestStart | undefined => {
  const { newest } = control;
  return newest && newest.digest !== rollout.digest && isOlder(rollout, newest) ? newest : undefined;
};

/** Why a rollout that makes room does not go on. */
export const supersededBy = (newer: NewestStart): Extract<Failure, { kind: 'superseded' }> => ({
  kind: 'superseded',
  by: newer.executionArn,
  reason: `A newer rollout, of ${shortDigest(newer.digest)} and asked for at ${newer.askedAt}, takes over.`,
});

const isCurrent = ({ control, twinsAtRelease }: LeaseFacts, start: Start): boolean =>
  control.release?.digest === start.digest &&
  control.release.provedOn.length > 0 &&
  !control.unsettled &&
  // A twin whose site is away may be on the release by name, and is proved when it is back.
  !control.deferred &&
  twinsAtRelease;

const superseded = (control: Control): LeaseDecision => ({
  kind: 'ended',
  control,
  end: endOf(
    'rollout',
    'superseded',
    'newer-rollout',
    `A newer start, asked for at ${control.newest?.askedAt}, took the place of this one; this one changed nothing.`,
  ),
});
