/** When a rule with a schedule fires next. */
export interface Schedule {
  /** The first time after `afterMs`, in epoch milliseconds; undefined when there is none any more. */
  next(afterMs: number): number | undefined;
}

/**
 * Reads `rate(5 minutes)` or `cron(0 18 ? * MON-FRI *)` (UTC).
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 * @returns undefined when the expression is not valid.
 */
export const parseSchedule = (expression: string): Schedule | undefined => {
  const rate = /^rate\((\d+) (minute|minutes|hour|hours|day|days)\)$/.exec(expression);
  if (rate) return rateSchedule(Number(rate[1]), rate[2] as string);
  const cron = /^cron\((.*)\)$/.exec(expression);
  if (cron) return cronSchedule((cron[1] as string).trim().split(/\s+/));
  return undefined;
};

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const rateSchedule = (value: number, unit: string): Schedule | undefined => {
  // `rate(1 minute)` but `rate(2 minutes)`: AWS refuses the wrong number of the noun.
  if (value < 1 || (value === 1) === unit.endsWith('s')) return undefined;
  const unitMs = unit.startsWith('minute') ? minuteMs : unit.startsWith('hour') ? 60 * minuteMs : dayMs;
  return { next: (afterMs) => afterMs + value * unitMs };
};

interface Field {
  readonly minimum: number;
  readonly maximum: number;
  readonly names: readonly string[];
}

const monthNames = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const dayNames = 'SUN MON TUE WED THU FRI SAT'.split(' ');

const fields: Readonly<Record<'minute' | 'hour' | 'dayOfMonth' | 'month' | 'dayOfWeek' | 'year', Field>> = {
  minute: { minimum: 0, maximum: 59, names: [] },
  hour: { minimum: 0, maximum: 23, names: [] },
  dayOfMonth: { minimum: 1, maximum: 31, names: [] },
  month: { minimum: 1, maximum: 12, names: monthNames },
  dayOfWeek: { minimum: 1, maximum: 7, names: dayNames },
  year: { minimum: 1970, maximum: 2199, names: [] },
};

const cronSchedule = (parts: readonly string[]): Schedule | undefined => {
  if (parts.length !== 6) return undefined;
  const [minutePart, hourPart, dayPart, monthPart, weekdayPart, yearPart] = parts as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  // One of the two days must be `?`, for both together would contradict each other.
  if ((dayPart === '?') === (weekdayPart === '?')) return undefined;
  const minutes = values(minutePart, fields.minute);
  const hours = values(hourPart, fields.hour);
  const months = values(monthPart, fields.month);
  const years = values(yearPart, fields.year);
  const matchesDay = dayPart === '?' ? weekdayTest(weekdayPart) : dayTest(dayPart);
  if (!minutes || !hours || !months || !years || !matchesDay) return undefined;
  return {
    next: (afterMs) => {
      // Day by day, then the first minute of that day: at most a few thousand steps, and only when a rule fires.
      const from = Math.floor(afterMs / minuteMs + 1) * minuteMs;
      const lastDay = Date.UTC(Math.max(...years), 11, 31);
      for (let day = Math.floor(from / dayMs) * dayMs; day <= lastDay; day += dayMs) {
        const date = new Date(day);
        if (!years.has(date.getUTCFullYear()) || !months.has(date.getUTCMonth() + 1) || !matchesDay(date)) continue;
        for (const hour of [...hours].toSorted((a, b) => a - b)) {
          for (const minute of [...minutes].toSorted((a, b) => a - b)) {
            const at = day + (hour * 60 + minute) * minuteMs;
            if (at >= from) return at;
          }
        }
      }
      return undefined;
    },
  };
};

/** The values of `*`, `5`, `1-5`, `0/15`, `MON-FRI` and lists of them. */
const values = (text: string, field: Field): ReadonlySet<number> | undefined => {
  const result = new Set<number>();
  for (const item of text.split(',')) {
    const match = /^(\*|[A-Z]{3}|\d+)(?:-([A-Z]{3}|\d+))?(?:\/(\d+))?$/i.exec(item);
    if (!match) return undefined;
    const [, first = '', last, step] = match;
    const isAny = first === '*';
    if (isAny && last !== undefined) return undefined;
    const from = isAny ? field.minimum : number(first, field);
    const to = last !== undefined ? number(last, field) : isAny || step !== undefined ? field.maximum : from;
    const by = step === undefined ? 1 : Number(step);
    if (from === undefined || to === undefined || by < 1) return undefined;
    // `FRI-MON` and `22-2` go on at the start again, as in the scheduler that the syntax comes from; years do not.
    const wraps = from > to;
    if (wraps && field === fields.year) return undefined;
    const size = field.maximum - field.minimum + 1;
    for (let value = from; value <= (wraps ? to + size : to); value += by)
      result.add(value > field.maximum ? value - size : value);
  }
  return result;
};

const number = (text: string, field: Field): number | undefined => {
  const name = field.names.indexOf(text.toUpperCase());
  const value = name >= 0 ? name + field.minimum : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.minimum && value <= field.maximum ? value : undefined;
};

const daysInMonth = (date: Date): number =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();

type DayTest = (date: Date) => boolean;

const dayTest = (text: string): DayTest | undefined => {
  if (text === 'L') return (date) => date.getUTCDate() === daysInMonth(date);
  if (text === 'LW') return (date) => date.getUTCDate() === nearestWeekday(date, daysInMonth(date));
  const nearest = /^(\d+)W$/.exec(text);
  if (nearest) {
    const wanted = number(nearest[1] as string, fields.dayOfMonth);
    return wanted === undefined ? undefined : (date) => date.getUTCDate() === nearestWeekday(date, wanted);
  }
  const days = values(text, fields.dayOfMonth);
  return days && ((date) => days.has(date.getUTCDate()));
};

/** The weekday closest to a day of the month, without leaving the month. */
const nearestWeekday = (date: Date, wanted: number): number => {
  const last = daysInMonth(date);
  const day = Math.min(wanted, last);
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day > 1 ? day - 1 : day + 2;
  if (weekday === 0) return day < last ? day + 1 : day - 2;
  return day;
};

const weekdayTest = (text: string): DayTest | undefined => {
  const nth = /^([A-Z]{3}|\d)#([1-5])$/i.exec(text);
  if (nth) {
    const weekday = number(nth[1] as string, fields.dayOfWeek);
    return weekday === undefined
      ? undefined
      : (date) => date.getUTCDay() === weekday - 1 && Math.ceil(date.getUTCDate() / 7) === Number(nth[2]);
  }
  const last = /^([A-Z]{3}|\d)?L$/i.exec(text);
  if (last) {
    const weekday = last[1] === undefined ? 7 : number(last[1], fields.dayOfWeek);
    return weekday === undefined
      ? undefined
      : (date) =>
          date.getUTCDay() === weekday - 1 && (last[1] === undefined || date.getUTCDate() + 7 > daysInMonth(date));
  }
  const days = values(text, fields.dayOfWeek);
  return days && ((date) => days.has(date.getUTCDay() + 1));
};
