import type { WaitingProfile } from './waiting-profile.ts';

/** Capacity as it will be: `perSecond` messages picked up from `readySeconds` from now on. */
export interface Serving {
  readonly perSecond: number;
  readonly readySeconds: number;
}

/** How the messages that wait meet a deadline. Times are seconds from now. */
export interface Outlook {
  readonly profile: WaitingProfile;
  readonly nowMs: number;
  readonly serving: readonly Serving[];
  /** Messages a second that are expected beyond those that are known. */
  readonly arriving: number;
}

/** Messages picked up within `seconds` from now. */
export const served = (serving: readonly Serving[], seconds: number): number =>
  serving.reduce((sum, { perSecond, readySeconds }) => sum + perSecond * Math.max(0, seconds - readySeconds), 0);

/** Messages that must be picked up within `seconds` from now, or they wait longer than `waitSeconds`. */
export const due = ({ profile, nowMs, arriving }: Outlook, seconds: number, waitSeconds: number): number => {
  const beyond = Math.max(0, seconds - waitSeconds);
  return profile.sentBy(nowMs + 1_000 * (seconds - waitSeconds)) + arriving * beyond;
};

/**
 * Moments between which both curves are straight lines, so that a bound that holds at each of them holds between them
 * too.
 */
const moments = ({ profile, nowMs, serving }: Outlook, waitSeconds: number, from: number, to: number): number[] => [
  from,
  ...[
    ...profile.times.map((timeMs) => (timeMs - nowMs) / 1_000 + waitSeconds),
    ...serving.map(({ readySeconds }) => readySeconds),
  ].filter((moment) => moment > from && moment < to),
  to,
];

/**
 * Tasks of `perSecond` messages, ready in `lagSeconds`, that are missing for every message to wait no longer than
 * `waitSeconds`; a fraction. What falls due before `fromSeconds` comes too early for them to help.
 */
export const missing = (
  outlook: Outlook,
  waitSeconds: number,
  task: { readonly perSecond: number; readonly lagSeconds: number },
  fromSeconds: number,
  toSeconds: number,
): { readonly tasks: number; readonly atSeconds: number; readonly messages: number } => {
  let most = { tasks: 0, atSeconds: toSeconds, messages: 0 };
  for (const atSeconds of moments(outlook, waitSeconds, fromSeconds, toSeconds)) {
    const messages = due(outlook, atSeconds, waitSeconds) - served(outlook.serving, atSeconds);
    const tasks = messages / (task.perSecond * (atSeconds - task.lagSeconds));
    if (tasks > most.tasks) most = { tasks, atSeconds, messages };
  }
  return most;
};

/** Tasks of `perSecond` messages that could go now, and every known message would still wait no longer than `waitSeconds`. */
export const spare = (outlook: Outlook, waitSeconds: number, perSecond: number, fromSeconds: number): number => {
  let least = Number.POSITIVE_INFINITY;
  for (const atSeconds of moments(outlook, waitSeconds, fromSeconds, waitSeconds)) {
    const messages = served(outlook.serving, atSeconds) - due(outlook, atSeconds, waitSeconds);
    least = Math.min(least, messages / (perSecond * atSeconds));
  }
  return Math.max(0, Math.floor(least));
};

/** Messages among those known and expected until `toSeconds` that will have waited longer than `waitSeconds`. */
export const late = (outlook: Outlook, waitSeconds: number, toSeconds: number): number => {
  let most = 0;
  for (const atSeconds of moments(outlook, waitSeconds, 0, toSeconds))
    most = Math.max(most, due(outlook, atSeconds, waitSeconds) - served(outlook.serving, atSeconds));
  return most;
};
