import { DateTime, IANAZone } from 'luxon';
import { z } from 'zod';

/**
 * When a service may be released. Hours are those of a wall clock in a named time zone, so that a window stays where
 * people see it when the clocks change; an hour that the change skips begins at the next hour that exists.
 */

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "a time of day from '00:00' to '24:00'");

export const DeploymentWindow = z
  .strictObject({
    /** Days on which the window opens. Default: all. */
    days: z
      .array(z.enum(weekdays))
      .min(1)
      .default([...weekdays]),
    /** Opens, `HH:MM` of the wall clock. */
    from: wallTime,
    /** Closes, `HH:MM` of the wall clock, up to `24:00`; at or before `from` it closes on the next day. */
    to: wallTime,
    /** IANA name of the time zone, e.g. `Europe/Berlin`. Default `UTC`. */
    timeZone: z
      .string()
      .refine(
        (zone) => IANAZone.isValidZone(zone),
        "no time zone by this name; accepted are IANA's, e.g. 'Europe/Berlin'",
      )
      .default('UTC'),
  })
  .readonly();
export type DeploymentWindow = z.infer<typeof DeploymentWindow>;

export type WindowState =
  /** `sinceMs`: epoch milliseconds of its opening; undefined where it is always open. */
  | { readonly kind: 'open'; readonly sinceMs: number | undefined }
  /** `opensAtMs`: epoch milliseconds of the next opening. */
  | { readonly kind: 'closed'; readonly opensAtMs: number };

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const at = (day: DateTime, time: string): DateTime => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour === 24 ? day.plus({ days: 1 }).startOf('day') : day.set({ hour, minute });
};

/** The openings of a window from the day before `nowMs` to two weeks and a day after it. */
const spans = ({ days, from, to, timeZone }: DeploymentWindow, nowMs: number): readonly Span[] => {
  const today = DateTime.fromMillis(nowMs, { zone: timeZone }).startOf('day');
  return (
    Array.from({ length: 17 }, (_, index) => today.plus({ days: index - 1 }))
      .filter(({ weekday }) => days.some((day) => weekdays.indexOf(day) + 1 === weekday))
      .map((day) => ({
        fromMs: at(day, from).toMillis(),
        toMs: at(to <= from ? day.plus({ days: 1 }) : day, to).toMillis(),
      }))
      // One that lies in the hour that a change skips ends where it begins, or before: it does not open on that day.
      .filter(({ fromMs, toMs }) => fromMs < toMs)
  );
};

/** Whether one of the windows is open, and when the next one opens. Without windows it is always open. */
export const windowState = (windows: readonly DeploymentWindow[], nowMs: number): WindowState => {
  if (windows.length === 0) return { kind: 'open', sinceMs: undefined };
  const all = windows.flatMap((window) => spans(window, nowMs));
  const open = all.filter(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);
  if (open.length > 0) return { kind: 'open', sinceMs: Math.min(...open.map(({ fromMs }) => fromMs)) };
  // Every window opens on some day of the week, and not on one of them where the clocks change: two weeks are looked at.
  return { kind: 'closed', opensAtMs: Math.min(...all.map(({ fromMs }) => fromMs).filter((ms) => ms > nowMs)) };
};

/** A window in words: `mon, tue 08:00-17:00 Europe/Berlin`. */
export const describeWindow = ({ days, from, to, timeZone }: DeploymentWindow): string =>
  `${days.length === weekdays.length ? 'every day' : days.join(', ')} ${from}-${to} ${timeZone}`;
