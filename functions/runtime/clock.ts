/** The time, in epoch milliseconds. Functions know it only through this, so that a test can say what time it is. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** ISO 8601 of the clock's time, as it is written into records. */
export const isoNow = (clock: Clock): string => new Date(clock.now()).toISOString();
