/** Seconds from asking for a Fargate task until it receives, as far as seen. */
export interface StartLag {
  /** Starts that it is made of, at most `memoryStarts`. */
  readonly starts: number;
  readonly meanSeconds: number;
  readonly varianceSeconds2: number;
}

/** Older starts are forgotten as if only so many had been seen: an image or a Region may change its mind. */
const memoryStarts = 30;
/** Starts that the belief counts as. */
const beliefStarts = 3;
/** Standard deviation of the belief, as a share of its mean. */
const beliefSpread = 0.3;
/** What an overdue start still takes, as a share of the mean. */
const overdueShare = 0.25;

export const believedLag = (startSeconds: number): StartLag => ({
  starts: beliefStarts,
  meanSeconds: startSeconds,
  varianceSeconds2: (beliefSpread * startSeconds) ** 2,
});

/** The estimate after one more start was seen. */
export const seeStart = (lag: StartLag, seconds: number): StartLag => {
  const share = 1 / (Math.min(lag.starts, memoryStarts - 1) + 1);
  const off = seconds - lag.meanSeconds;
  const meanSeconds = lag.meanSeconds + share * off;
  return {
    starts: Math.min(lag.starts + 1, memoryStarts),
    meanSeconds,
    varianceSeconds2: (1 - share) * (lag.varianceSeconds2 + share * off * off),
  };
};

/** Seconds to plan a new start with: the mean, and half a standard deviation since a late task helps nobody. */
export const plannedLag = (lag: StartLag): number => lag.meanSeconds + 0.5 * Math.sqrt(lag.varianceSeconds2);

/** By how many seconds the mean itself may be off, as far as starts were seen: its standard error. */
export const lagError = (lag: StartLag): number => Math.sqrt(lag.varianceSeconds2 / lag.starts);

/** Seconds until a task that was asked for `ageSeconds` ago works. One that is overdue may still take a while. */
export const secondsToReady = (lag: StartLag, ageSeconds: number): number =>
  Math.max(plannedLag(lag) - ageSeconds, overdueShare * lag.meanSeconds);

/**
 * The estimate with what is still awaited: those that begin to work first are the fast ones, and a task that is overdue
 * says already that starts take longer. Each counts as one that takes a quarter of the mean more from now.
 *
 * @param agesSeconds since each of the tasks that do not work yet was asked for
 */
export const withOverdue = (lag: StartLag, agesSeconds: readonly number[]): StartLag =>
  agesSeconds
    .filter((age) => age > plannedLag(lag))
    .reduce((known, age) => seeStart(known, age + overdueShare * lag.meanSeconds), lag);
