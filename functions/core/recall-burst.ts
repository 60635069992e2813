import type { BurstPause, Control, Mark } from './state.ts';

/** For how long no signal starts a burst after one was recalled by hand, unless another time was asked for. */
export const pauseSecondsDefault = 300;

export type RecallOutcome =
  | {
      readonly kind: 'done';
      readonly control: Control;
      /** `unchanged`: it was recalled already, and stays so. */
      readonly cause: 'recalled' | 'paused' | 'unchanged';
      readonly reason: string;
    }
  | { readonly kind: 'nothing-to-recall'; readonly reason: string };

/**
 * Ends a burst by hand. The burst sees it at its next look and takes both counts back to the base. What started it mostly
 * still stands, so signals are paused as well, or the next one would undo the recall within seconds. A start by hand is
 * admitted all the same, and ends the pause.
 * @param pauseSeconds how long no signal starts a burst, from `mark.at` on; left out: `pauseSecondsDefault` when there is
 * a burst, and nothing to do when there is none.
 */
export const recallBurst = (control: Control, mark: Mark, pauseSeconds: number | undefined): RecallOutcome => {
  const { service, burst } = control;
  const isOwn = control.burstPause?.at === mark.at;
  if (!burst && pauseSeconds === undefined && !isOwn) {
    return {
      kind: 'nothing-to-recall',
      reason: `${service} has no burst to recall; with "for" (seconds) no signal starts one for that long.`,
    };
  }
  const until = new Date(Date.parse(mark.at) + 1_000 * (pauseSeconds ?? pauseSecondsDefault)).toISOString();
  const paused = `no signal starts ${burst ? 'another' : 'one'} before ${until}`;
  if (!burst) {
    return {
      kind: 'done',
      control: withPause(control, { ...mark, until }),
      cause: 'paused',
      reason: `${service} has no burst; ${paused}.`,
    };
  }
  const { recalled } = burst;
  if (recalled && recalled.at !== mark.at) {
    const next = pauseSeconds === undefined ? control : withPause(control, { ...mark, until });
    const and = pauseSeconds === undefined ? '' : `; ${paused}`;
    return {
      kind: 'done',
      control: next,
      cause: 'unchanged',
      reason: `Burst ${burst.burstId} was recalled at ${recalled.at} already${and}.`,
    };
  }
  return {
    kind: 'done',
    control: withPause({ ...control, burst: { ...burst, recalled: mark } }, { ...mark, until }),
    cause: 'recalled',
    reason: `Burst ${burst.burstId} is recalled at its next look, and both twins go back to their base; ${paused}.`,
  };
};

const withPause = (control: Control, burstPause: BurstPause): Control => ({ ...control, burstPause });

/** The sentence that refuses a signal while bursts are paused; undefined when they are not. */
export const pausedBecause = ({ service, burstPause }: Control, nowMs: number): string | undefined => {
  if (!burstPause || nowMs >= Date.parse(burstPause.until)) return undefined;
  const { by, reason, until } = burstPause;
  return `${by || 'Somebody'} recalled the burst of ${service}${reason ? ` (${reason})` : ''}, and no signal starts one before ${until}; a start by hand does.`;
};

/** Of a burst that was recalled by hand, as part of a sentence: who did it and why. */
export const recalledBecause = ({ by, reason }: Mark): string =>
  `${by || 'somebody'} recalled it${reason ? `: ${reason}` : ''}`;
