import { validation } from './errors.ts';

/** Milliseconds since the epoch of a time as clients send it: a date, seconds since the epoch, or ISO 8601. */
export const readTime = (value: unknown, parameter: string): number => {
  const ms =
    value instanceof Date ? value.getTime() : typeof value === 'number' ? value * 1000 : Date.parse(String(value));
  if (Number.isNaN(ms)) throw validation(`The parameter ${parameter} must be a timestamp.`);
  return ms;
};

/** As alarms write times in their events and reasons: `2026-01-05T09:00:00.000+0000`. */
export const alarmTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000');

/** As the text of a reason writes the time of a datapoint: `05/01/26 09:00:00`. */
export const reasonTime = (ms: number): string => {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
};

/** A number as CloudWatch writes it into texts: always with a fraction. */
export const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));
